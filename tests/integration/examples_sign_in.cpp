// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The example program that signs people in is killed while it stores a refresh token, at every system call: what
// is stored is always whole.

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

namespace fs = std::filesystem;
namespace testing = partner_center::testing;

namespace {

// A program whose main thread stops at the beginning and at the end of each of its system calls.
class traced_program {
public:
    traced_program(std::vector<std::string> arguments, std::vector<std::string> environment,
                   const fs::path& output)
    {
        const auto pointers = [](std::vector<std::string>& from) {
            std::vector<char*> to;
            for (std::string& each : from)
                to.push_back(each.data());
            to.push_back(nullptr);
            return to;
        };
        const auto argv = pointers(arguments);
        const auto envp = pointers(environment);
        pid_ = ::fork();
        if (pid_ == 0) {
            const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            if (file == -1 || ::dup2(file, 1) == -1 || ::dup2(file, 2) == -1 ||
                ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == -1)
                ::_exit(126);
            ::execve(argv[0], argv.data(), envp.data());
            ::_exit(127);
        }
        if (pid_ == -1 || !wait())
            throw std::system_error(errno, std::generic_category(), "a program that is traced");
        ::ptrace(PTRACE_SETOPTIONS, pid_, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    }
    traced_program(const traced_program&) = delete;
    traced_program& operator=(const traced_program&) = delete;
    ~traced_program() { kill(); }

    // Goes on to the next stop; false when the program has ended.
    bool next()
    {
        for (int signal = 0;;) {
            if (::ptrace(PTRACE_SYSCALL, pid_, nullptr, signal) == -1 || !wait())
                return false;
            if (WSTOPSIG(status_) == (SIGTRAP | 0x80))
                return true;
            signal = WSTOPSIG(status_) == SIGTRAP ? 0 : WSTOPSIG(status_);
        }
    }

    __ptrace_syscall_info stop() const
    {
        __ptrace_syscall_info info = {};
        ::ptrace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, &info);
        return info;
    }

    void kill()
    {
        if (ended_)
            return;
        ::kill(pid_, SIGKILL);
        while (wait()) {
        }
    }

    bool succeeded() const { return ended_ && WIFEXITED(status_) && WEXITSTATUS(status_) == 0; }

private:
    // False when it has ended.
    bool wait()
    {
        pid_t waited = 0;
        while ((waited = ::waitpid(pid_, &status_, __WALL)) == -1 && errno == EINTR) {
        }
        ended_ = waited == -1 || WIFEXITED(status_) || WIFSIGNALED(status_);
        return !ended_;
    }

    pid_t pid_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

std::string content_of(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool is_one_of(std::uint64_t call, std::initializer_list<long> calls)
{
    for (const long each : calls)
        if (call == static_cast<std::uint64_t>(each))
            return true;
    return false;
}

class store_fixture {
public:
    store_fixture()
    {
        std::string name = (fs::temp_directory_path() / "partner_center.XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        folder = name;
        service.write_ca_file(folder / "ca.pem");
        fs::create_directory(folder / "kept");
        file = folder / "kept" / "token";
        std::ofstream(file) << service.refresh_token();
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }
    ~store_fixture()
    {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }

    // Runs the program and kills it at the n-th stop between the receipt of the new token and the first word
    // to anybody after that. False when it comes to that word before.
    bool kill_at(std::size_t n, const std::string& program)
    {
        const std::string before = service.refresh_token();
        traced_program run({program, "--file", file.string()},
                           {"PARTNER_CENTER_TENANT=" + service.tenant(),
                            "PARTNER_CENTER_CLIENT_ID=" + service.client_id(),
                            "PARTNER_CENTER_CLIENT_SECRET=" + service.client_secret(),
                            "PARTNER_CENTER_AUTHORITY=" + service.base_url(),
                            "PARTNER_CENTER_BASE_URL=" + service.base_url(),
                            "PARTNER_CENTER_CA_FILE=" + (folder / "ca.pem").string()},
                           folder / "output");
        bool received = false;
        for (std::size_t stops = 0; run.next();) {
            const __ptrace_syscall_info at = run.stop();
            if (at.op == PTRACE_SYSCALL_INFO_ENTRY)
                call = at.entry.nr;
            if (!received)
                received = at.op == PTRACE_SYSCALL_INFO_EXIT && at.exit.rval > 0 &&
                           is_one_of(call, {SYS_recvmsg, SYS_recvfrom, SYS_read, SYS_readv}) &&
                           service.refresh_token() != before;
            if (!received)
                continue;
            if (at.op == PTRACE_SYSCALL_INFO_ENTRY && is_one_of(call, {SYS_sendmsg, SYS_sendto})) {
                while (run.next()) {
                }
                CHECK_MESSAGE(run.succeeded(), content_of(folder / "output"));
                return false;
            }
            if (stops++ == n)
                return true; // the destructor kills it
        }
        FAIL(content_of(folder / "output"));
        return false;
    }

    static testing::emulator_options lenient()
    {
        testing::emulator_options options;
        // A new token that was lost is no reason to refuse the old one, which the file still has.
        options.oauth.replaced_refresh_token_lifetime = std::chrono::hours{1};
        return options;
    }

    testing::emulator service{lenient()};
    fs::path folder;
    fs::path file;
    std::uint64_t call = 0; // the present one of the program
};

} // namespace

TEST_CASE("a program that is killed while it stores a refresh token leaves the old one or the new one")
{
#ifdef PARTNER_CENTER_SIGN_IN
    store_fixture fixture;
    std::size_t kills = 0;
    std::size_t old_ones = 0;
    std::string stored = content_of(fixture.file);
    // Again and again, each time one stop later; beginning anew when that is too late.
    for (std::size_t stop = 0, lives = 0; kills < 200; ++stop) {
        CAPTURE(kills);
        CAPTURE(stop);
        const bool killed = fixture.kill_at(stop, PARTNER_CENTER_SIGN_IN);
        const std::string next = fixture.service.refresh_token();
        const std::string found = content_of(fixture.file);
        REQUIRE(found.size() == next.size());
        REQUIRE((found == next || (killed && found == stored)));
        struct ::stat about = {};
        REQUIRE(::stat(fixture.file.c_str(), &about) == 0);
        REQUIRE((about.st_mode & 07777) == 0600);
        // At most one file is left behind, however often that happens, and the next one who stores deletes it.
        REQUIRE(std::distance(fs::directory_iterator(fixture.file.parent_path()), {}) <= (killed ? 2 : 1));
        kills += killed;
        old_ones += found != next;
        stored = found;
        if (!killed) {
            REQUIRE(stop >= 10);
            REQUIRE(++lives < 20);
            stop = std::size_t(-1);
        }
    }
    MESSAGE(kills << " kills, " << old_ones << " of them before the new token was in the file");
    CHECK(old_ones >= 50);
    CHECK(kills - old_ones >= 50);
#else
    MESSAGE("skipped: the examples are not built");
#endif
}
