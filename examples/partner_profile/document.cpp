// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "document.hpp"

#include <partner_center/validate.hpp>

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace partner_profile {
namespace {

constexpr std::size_t max_size = std::size_t{1} << 20U;

std::string describe_mistakes(const std::string& name, const std::vector<mistake>& all)
{
    std::string text;
    for (const mistake& each : all)
        text += name + ":" + std::to_string(each.line) + ": " + each.text + "\n";
    return text + "Nothing was stored: correct that.";
}

std::size_t line_at(std::string_view text, std::size_t offset)
{
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
    return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

// The last digits of a fraction would count as changed, were they not read as the client reads them.
template <class Options>
Options with_exact_numbers(Options options)
{
    if constexpr (requires { options.numbers; }) // not with Boost 1.81
        options.numbers = decltype(options.numbers)::precise;
    return options;
}

// Comments become empty lines, so that the lines keep their numbers. No JSON text goes over the end of a
// line.
std::string without_comments(const std::string& text)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::string result;
    std::size_t begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        const std::size_t first = line.find_first_not_of(" \t");
        if (first == line.npos || line[first] != '#')
            result += line;
        if (end != text.size())
            result += '\n';
        begin = end + 1;
    }
    return result;
}

// Finds a member in a text that is known to be JSON.
class member_finder {
public:
    member_finder(std::string_view text, const std::vector<std::string>& path)
        : text_(text)
        , path_(path)
    {
    }

    std::size_t offset()
    {
        look(0, true);
        return found_;
    }

private:
    char next()
    {
        at_ = std::min(text_.find_first_not_of(" \t\r\n,:", at_), text_.size());
        return at_ == text_.size() ? '\0' : text_[at_];
    }

    std::string_view string()
    {
        const std::size_t begin = ++at_;
        while (at_ < text_.size() && text_[at_] != '"')
            at_ += text_[at_] == '\\' ? 2 : 1;
        return text_.substr(begin, at_++ - begin);
    }

    // Goes behind the value. `wanted`: it is the one that the first `depth` parts of the path lead to.
    void look(std::size_t depth, bool wanted)
    {
        const char first = next();
        if (first != '{' && first != '[') {
            if (first == '"')
                string();
            else
                at_ = text_.find_first_of(",]} \t\r\n", at_);
            return;
        }
        ++at_;
        for (std::size_t index = 0; next() != '}' && text_[at_] != ']' && at_ != text_.size(); ++index) {
            const std::size_t begin = at_;
            const std::string name = first == '{' ? std::string(string()) : std::to_string(index);
            const bool step = wanted && depth < path_.size() && name == path_[depth];
            if (step)
                found_ = begin;
            look(depth + 1, step);
        }
        ++at_;
    }

    std::string_view text_;
    const std::vector<std::string>& path_;
    std::size_t at_ = 0;
    std::size_t found_ = 0;
};

// "/defaultAddress/city: expected ..." names the member, the slash alone the document.
std::vector<std::string> path_in(const std::string& message)
{
    const std::size_t end = message.find(": ");
    if (!message.starts_with('/') || end == message.npos || end == 1)
        return {};
    return split(std::string_view(message).substr(1, end - 1), '/');
}

class merger {
public:
    void merge(const json::object& base, const json::object& changed, json::object& now,
               const std::string& path) const
    {
        for (const auto& member : base)
            merge_member(&member.value(), changed.if_contains(member.key()), now, path, member.key());
        for (const auto& member : changed)
            if (!base.if_contains(member.key()))
                merge_member(nullptr, &member.value(), now, path, member.key());
    }

private:
    static bool same(const json::value* a, const json::value* b) { return a && b ? *a == *b : a == b; }

    void merge_member(const json::value* base, const json::value* changed, json::object& into,
                      const std::string& around, json::string_view name) const
    {
        const std::string path = (around.empty() ? "" : around + ".") + std::string(name);
        json::value* const now = into.if_contains(name);
        if (same(base, changed) || same(changed, now))
            return;
        if (base && changed && now && base->is_object() && changed->is_object() && now->is_object())
            merge(base->get_object(), changed->get_object(), now->get_object(), path);
        else if (!same(base, now))
            throw failure(
                exit_status::conflict,
                "somebody else has changed " + json::serialize(path) +
                    " meanwhile, too\nNothing was stored: look at what is there now, and try again.");
        else if (changed)
            into[name] = *changed;
        else
            into.erase(name);
    }
};

} // namespace

invalid_document::invalid_document(const std::string& name, std::vector<mistake> all)
    : failure(exit_status::invalid, describe_mistakes(name, all))
    , all_(std::move(all))
{
}

std::string read_text(int fd, const std::string& name, const interrupts& signals)
{
    std::string text;
    std::array<char, 4096> piece;
    for (;;) {
        signals.wait_readable(fd);
        const auto size = ::read(fd, piece.data(), piece.size());
        if (size == 0)
            return text;
        if (size < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (size < 0)
            throw failure(exit_status::other, name + ": " + std::generic_category().message(errno));
        text.append(piece.data(), static_cast<std::size_t>(size));
        if (text.size() > max_size)
            throw failure(exit_status::other, name + " is larger than a profile can be");
    }
}

document document::read(const std::string& file, const interrupts& signals)
{
    if (file == "-")
        return document("standard input", read_text(STDIN_FILENO, "standard input", signals));
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1)
        throw failure(exit_status::other, file + ": " + std::generic_category().message(errno));
    const auto close = [](const int* open) { ::close(*open); };
    const std::unique_ptr<const int, decltype(close)> closer(&fd, close);
    return document(file, read_text(fd, file, signals));
}

document::document(std::string name, std::string text)
    : name_(std::move(name))
    , text_(without_comments(text))
{
    json::parser parser(json::storage_ptr(), with_exact_numbers(json::parse_options()));
    boost::system::error_code ec;
    const std::size_t used = parser.write_some(text_.data(), text_.size(), ec);
    if (!ec && text_.find_first_not_of(" \t\r\n", used) != text_.npos)
        ec = json::make_error_code(json::error::extra_data);
    if (ec)
        throw invalid_document(name_, {{"no JSON: " + ec.message(), line_at(text_, used)}});
    value_ = parser.release();
    if (!value_.is_object())
        throw invalid_document(name_, {{"a profile is a JSON object, and begins with {", 1}});
}

pc::OrganizationProfile document::profile() const
{
    try {
        return json::value_to<pc::OrganizationProfile>(value_);
    } catch (const boost::system::system_error& e) {
        std::string what = e.what();
        what.erase(std::min(what.find(": " + e.code().message()), what.size())); // which says no more
        throw invalid_document(name_, {{what, line_of(path_in(what))}});
    }
}

pc::OrganizationProfile document::valid_profile() const
{
    pc::OrganizationProfile result = profile();
    std::vector<mistake> all;
    for (const pc::violation& each : validate(result))
        all.push_back({each.path + ": " + each.problem, line_of(split(each.path, '.'))});
    if (!all.empty())
        throw invalid_document(name_, std::move(all));
    return result;
}

std::size_t document::line_of(const std::vector<std::string>& path) const
{
    return line_at(text_, member_finder(text_, path).offset());
}

std::vector<std::string> split(std::string_view path, char separator)
{
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(separator, begin), path.size());
        parts.emplace_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

json::object merged(const json::object& base, const json::object& changed, const json::object& now)
{
    json::object result(now);
    merger().merge(base, changed, result, "");
    return result;
}

void set_members(json::value& to, const json::value& from)
{
    if (!to.is_object() || !from.is_object()) {
        to = from;
        return;
    }
    for (const auto& member : from.get_object()) {
        if (json::value* const present = to.get_object().if_contains(member.key()))
            set_members(*present, member.value());
        else
            to.get_object()[member.key()] = member.value();
    }
}

std::vector<examples::difference> differences(const json::value& before, const json::value& after)
{
    auto all = examples::differences(before, after);
    std::erase_if(all, [](const examples::difference& each) { return each.path == "attributes.etag"; });
    return all;
}

std::string etag_of(const json::value& profile)
{
    const json::object* const root = profile.if_object();
    const json::value* const attributes = root ? root->if_contains("attributes") : nullptr;
    const json::object* const members = attributes ? attributes->if_object() : nullptr;
    const json::value* const etag = members ? members->if_contains("etag") : nullptr;
    return etag && etag->is_string() ? std::string(etag->get_string()) : std::string();
}

} // namespace partner_profile
