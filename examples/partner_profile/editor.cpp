// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "editor.hpp"

#include "document.hpp"
#include "failure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace partner_profile {
namespace {

namespace fs = std::filesystem;

void check_call(bool fine, const std::string& what)
{
    if (!fine)
        throw std::system_error(errno, std::generic_category(), what);
}

std::string editor_command()
{
    for (const char* const name : {"VISUAL", "EDITOR"})
        if (const char* const value = std::getenv(name); value && *value != '\0')
            return value;
    return ::access("/usr/bin/editor", X_OK) == 0 ? "editor" : "vi"; // Debian's alternatives, or POSIX
}

bool takes_line(std::string_view command)
{
    const std::string_view program = command.substr(0, command.find(' '));
    const std::string_view name = program.substr(program.find_last_of('/') + 1);
    constexpr std::array<std::string_view, 16> known = {
        "editor", "emacs", "emacsclient", "ex",   "gvim", "jed", "joe",  "mcedit",
        "mg",     "nano",  "ne",          "nvim", "pico", "vi",  "view", "vim"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

// What changes the settings of the terminal from the background would be stopped.
class no_background_stops {
public:
    no_background_stops()
    {
        ::sigset_t wanted;
        ::sigemptyset(&wanted);
        ::sigaddset(&wanted, SIGTTOU);
        ::sigprocmask(SIG_BLOCK, &wanted, &before_);
    }
    no_background_stops(const no_background_stops&) = delete;
    no_background_stops& operator=(const no_background_stops&) = delete;
    ~no_background_stops() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

private:
    ::sigset_t before_;
};

// The terminal that this program has, its settings, and which of its jobs is in the foreground.
class job_terminal {
public:
    job_terminal()
    {
        owned_ = ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp() &&
                 ::tcgetattr(STDIN_FILENO, &settings_) == 0;
    }
    job_terminal(const job_terminal&) = delete;
    job_terminal& operator=(const job_terminal&) = delete;
    ~job_terminal() { take_back(); }

    bool owned() const noexcept { return owned_; }

    void give_to(::pid_t group) const
    {
        if (!owned_)
            return;
        const no_background_stops guard;
        ::tcsetpgrp(STDIN_FILENO, group);
    }

    void take_back() const
    {
        give_to(::getpgrp());
        if (!owned_)
            return;
        const no_background_stops guard;
        ::tcsetattr(STDIN_FILENO, TCSANOW, &settings_);
    }

private:
    bool owned_ = false;
    ::termios settings_ = {};
};

std::array<int, 2> child_pipe = {-1, -1};

extern "C" void note_child(int)
{
    const int saved = errno;
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(child_pipe[1], &byte, 1);
    errno = saved;
}

// Whichever thread SIGCHLD comes to, it ends a wait, and none is missed between a look and a wait.
class child_watch {
public:
    child_watch()
    {
        if (child_pipe[0] == -1)
            check_call(::pipe2(child_pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0,
                       "a pipe for the editor's end");
        struct ::sigaction act = {};
        act.sa_handler = note_child;
        check_call(::sigaction(SIGCHLD, &act, nullptr) == 0, "watching the editor");
    }

    // Until the child changes, a signal is pending, or the time is over.
    void wait(const interrupts& signals, int milliseconds = -1) const
    {
        const int other = milliseconds == -1 ? signals.descriptor() : -1;
        std::array<::pollfd, 2> wanted = {::pollfd{child_pipe[0], POLLIN, 0}, ::pollfd{other, POLLIN, 0}};
        ::poll(wanted.data(), wanted.size(), milliseconds);
        std::array<char, 64> bytes;
        while (::read(child_pipe[0], bytes.data(), bytes.size()) > 0) {
        }
    }
};

// What comes to the child before it is another program must not be taken for something of ours.
class no_signals {
public:
    no_signals()
    {
        ::sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, &before_);
    }
    no_signals(const no_signals&) = delete;
    no_signals& operator=(const no_signals&) = delete;
    ~no_signals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

    // In the child, where those that are pending do what they do to other programs.
    void end_in_child() const
    {
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
            struct ::sigaction act = {};
            ::sigaction(number, nullptr, &act);
            if (act.sa_handler != SIG_IGN)
                ::signal(number, SIG_DFL);
        }
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    ::sigset_t before_;
};

class editor_process {
public:
    editor_process(const std::string& command, const fs::path& file, std::size_t line,
                   const interrupts& signals)
        : signals_(signals)
    {
        // A shell in between would not survive the Ctrl-C of which the editor makes something else.
        const bool simple = command.find_first_of("|&;<>()$`\\\"'*?[#~=%{!\n") == command.npos;
        const std::string script = (simple ? "exec " : "") + command + " \"$@\"";
        const std::string place =
            line != 0 && takes_line(command) ? '+' + std::to_string(line) : std::string();
        std::array<const char*, 7> arguments = {"sh", "-c", script.c_str(), "sh"};
        std::size_t count = 4;
        if (!place.empty())
            arguments[count++] = place.c_str();
        arguments[count] = file.c_str();
        std::cout.flush();
        std::cerr.flush();
        const no_signals guard;
        pid_ = ::fork();
        check_call(pid_ != -1, "starting the editor");
        if (pid_ == 0)
            become(arguments.data(), guard);
        group();
        terminal_.give_to(pid_);
    }
    editor_process(const editor_process&) = delete;
    editor_process& operator=(const editor_process&) = delete;

    /// The status as waitpid has it. @throws interrupted
    int wait()
    {
        for (;;) {
            int status = 0;
            const ::pid_t changed = ::waitpid(pid_, &status, WNOHANG | WUNTRACED);
            check_call(changed != -1 || errno == EINTR, "waiting for the editor");
            if (changed == pid_ && !WIFSTOPPED(status))
                return status;
            if (changed == pid_)
                stop_with_it();
            else if (signals_.pending() != 0)
                end();
            else
                watch_.wait(signals_);
        }
    }

private:
    // In the child, of a program that may have threads: nothing but calls of the system.
    [[noreturn]] void become(const char* const* arguments, const no_signals& guard) const
    {
        if (terminal_.owned()) {
            ::setpgid(0, 0);
            terminal_.give_to(::getpid());
        }
        guard.end_in_child();
        ::execv("/bin/sh", const_cast<char* const*>(arguments));
        ::_exit(127);
    }

    // Here and in the child: whoever comes first. It fails when the child is past that.
    void group() const
    {
        if (terminal_.owned())
            ::setpgid(pid_, pid_);
    }

    void signal(int number) const { ::kill(terminal_.owned() ? -pid_ : pid_, number); }

    // Ctrl-Z in the editor stops the whole job, as its shell expects. Without such a shell, nothing stops.
    void stop_with_it()
    {
        terminal_.take_back();
        ::kill(0, SIGTSTP);
        terminal_.give_to(pid_);
        signal(SIGCONT);
    }

    [[noreturn]] void end()
    {
        signal(SIGTERM);
        signal(SIGCONT);
        const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(40);
        for (bool reaped = false;;) {
            reaped = reaped || ::waitpid(pid_, nullptr, WNOHANG) == pid_;
            // The editor may be a child of what was started.
            if (reaped && (!terminal_.owned() || ::kill(-pid_, 0) == -1))
                break;
            if (std::chrono::steady_clock::now() >= limit) {
                signal(SIGKILL);
                if (reaped)
                    break;
            }
            watch_.wait(signals_, 5);
        }
        throw interrupted{};
    }

    const interrupts& signals_;
    child_watch watch_;
    job_terminal terminal_;
    ::pid_t pid_ = -1;
};

void check_end(const std::string& command, int status)
{
    constexpr int sh_interrupted = 128 + SIGINT;
    if ((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) ||
        (WIFEXITED(status) && WEXITSTATUS(status) == sh_interrupted)) {
        ::raise(SIGINT); // it was meant for the whole program
        throw interrupted{};
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    std::string how = WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status))
                                        : "signal " + std::to_string(WTERMSIG(status));
    throw failure(exit_status::editor, "the editor '" + command + "' ended with " + how +
                                           "\nNothing was stored: see VISUAL and EDITOR.");
}

} // namespace

draft::draft()
{
    std::string name = (fs::temp_directory_path() / "partner_profile.XXXXXX.json").string();
    const int fd = ::mkostemps(name.data(), 5, O_CLOEXEC); // of mode 0600
    check_call(fd != -1, "making " + name);
    ::close(fd);
    path_ = name;
}

draft::~draft()
{
    std::error_code ignored;
    if (!kept_)
        fs::remove(path_, ignored);
}

void draft::write(const std::string& text) const
{
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check_call(fd != -1, "opening " + path_.string());
    const auto close = [](const int* open) { ::close(*open); };
    const std::unique_ptr<const int, decltype(close)> closer(&fd, close);
    for (std::string_view left = text; !left.empty();) {
        const auto size = ::write(fd, left.data(), left.size());
        check_call(size >= 0 || errno == EINTR, "writing " + path_.string());
        left.remove_prefix(static_cast<std::size_t>(std::max<::ssize_t>(size, 0)));
    }
}

std::string draft::read(const interrupts& signals) const
{
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1)
        throw failure(exit_status::editor, path_.string() +
                                               " is gone: " + std::generic_category().message(errno) +
                                               "\nNothing was stored: see VISUAL and EDITOR.");
    const auto close = [](const int* open) { ::close(*open); };
    const std::unique_ptr<const int, decltype(close)> closer(&fd, close);
    return read_text(fd, path_.string(), signals);
}

void run_editor(const fs::path& file, std::size_t line, const interrupts& signals)
{
    signals.check();
    const std::string command = editor_command();
    editor_process process(command, file, line, signals);
    check_end(command, process.wait());
}

bool can_ask()
{
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

bool confirm(const std::string& question, const interrupts& signals)
{
    std::cerr << question << " [Y/n] " << std::flush;
    signals.wait_readable(STDIN_FILENO);
    std::array<char, 256> answer;
    const auto size = ::read(STDIN_FILENO, answer.data(), answer.size());
    signals.check();
    if (size <= 0)
        std::cerr << '\n';
    return size > 0 && (answer[0] == '\n' || answer[0] == 'y' || answer[0] == 'Y');
}

} // namespace partner_profile
