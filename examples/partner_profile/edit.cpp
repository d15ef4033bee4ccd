// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"
#include "document.hpp"
#include "editor.hpp"
#include "session.hpp"

#include "../common/output.hpp"

#include <boost/json/value_to.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace partner_profile {
namespace {

constexpr const char* advice =
    "# Change what you like, save, and leave the editor. Lines that begin with # are not "
    "looked at.\n";

std::string head_for(const std::vector<mistake>& mistakes)
{
    std::string text = advice;
    for (const mistake& each : mistakes)
        text += "# Not stored: " + each.text + "\n";
    return text;
}

// Without the comments of the last round at its beginning.
std::string without_head(const std::string& text)
{
    std::size_t begin = 0;
    while (begin < text.size() && text[begin] == '#')
        begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
    return text.substr(begin);
}

std::size_t count_lines(const std::string& text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// What a person makes of a profile; nothing if it is the same as before.
class edit_rounds {
public:
    edit_rounds(const pc::OrganizationProfile& original, const interrupts& signals)
        : signals_(signals)
        , original_(json::value_from(original))
        , text_(examples::indented(original_) + "\n")
    {
    }

    /// Empty when nothing was changed. @throws failure, interrupted
    std::optional<json::value> run(draft& file)
    {
        std::vector<mistake> mistakes;
        for (;;) {
            const std::string head = head_for(mistakes);
            file.write(head + text_);
            run_editor(file.path(), mistakes.empty() ? 0 : mistakes.front().line + count_lines(head),
                       signals_);
            text_ = without_head(file.read(signals_));
            if (text_.find_first_not_of(" \t\r\n") == text_.npos)
                throw failure(exit_status::editor, "the file was left empty\nNothing was stored.");
            try {
                return look(document("your text", text_));
            } catch (const invalid_document& e) {
                file.keep(true);
                if (!can_ask())
                    throw;
                std::cerr << e.what() << '\n';
                if (!confirm("Edit it again?", signals_))
                    throw failure(exit_status::invalid, "you left the profile as it was");
                mistakes = e.mistakes();
            }
        }
    }

    const json::value& original() const noexcept { return original_; }

private:
    std::optional<json::value> look(const document& edited) const
    {
        json::value changed = json::value_from(edited.valid_profile());
        if (etag_of(changed) != etag_of(original_))
            throw invalid_document("your text", {{"attributes.etag is the service's: leave it as it was",
                                                  edited.line_of({"attributes", "etag"})}});
        if (changed == original_)
            return std::nullopt;
        return changed;
    }

    const interrupts& signals_;
    json::value original_;
    std::string text_;
};

struct edited_profile {
    json::value original;
    json::value changed;
    pc::OrganizationProfile stored;
};

// The person's changes, done to what the service has by now.
asio::awaitable<void> store(pc::client client, edited_profile& profile)
{
    const auto change = [&profile](pc::OrganizationProfile& now) {
        now = json::value_to<pc::OrganizationProfile>(
            json::value(merged(profile.original.get_object(), profile.changed.get_object(),
                               json::value_from(now).get_object())));
    };
    profile.stored = co_await client.modify(change);
}

exit_status edit_with(draft& file, session& calls, const options& given, const interrupts& signals)
{
    const pc::client client = calls.client(credential_of(given.service));
    edit_rounds rounds(read_profile(calls), signals);
    std::optional<json::value> changed = rounds.run(file);
    file.keep(changed && !given.dry_run);
    if (!changed) {
        std::cerr << "Nothing was changed.\n";
        return exit_status::success;
    }
    if (!given.json)
        show_differences(given, rounds.original(), *changed);
    if (given.dry_run) {
        std::cerr << "Nothing was sent.\n";
        return exit_status::success;
    }
    edited_profile profile{rounds.original(), std::move(*changed), {}};
    calls.run(store(client, profile));
    file.keep(false);
    if (given.json)
        examples::print_resource(profile.stored, true);
    else
        std::cout << "Stored.\n";
    return exit_status::success;
}

} // namespace

exit_status edit(const options& given, const interrupts& signals)
{
    session calls(given.service, signals);
    draft file;
    const auto with_place = [&file](const std::string& text) {
        return text + (file.kept()
                           ? (text.empty() ? "your text is in " : "\nYour text is in ") + file.path().string()
                           : std::string());
    };
    try {
        return edit_with(file, calls, given, signals);
    } catch (const failure& e) {
        throw failure(e.status(), with_place(e.what()));
    } catch (const pc::error& e) {
        const failure explained = explain(e);
        throw failure(explained.status(), with_place(explained.what()));
    } catch (interrupted& e) {
        e.text = with_place(e.text);
        throw;
    }
}

} // namespace partner_profile
