// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_SERVER_PROCESS_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_SERVER_PROCESS_HPP

#include <partner_center/detail/config.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

extern char** environ;

namespace partner_center::testing {

/// A server that is a program of its own, in a temporary directory of its own. It and all its children are
/// killed and reaped by the destructor.
class server_process {
public:
    /// Writes the configuration for a port, and returns the program's arguments.
    using configurator = std::function<std::vector<std::string>(unsigned short port)>;

    /// Where a program is, if it is installed; daemons are on few users' PATH.
    static std::optional<std::filesystem::path> find_program(const std::string& name)
    {
        for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
            if (std::filesystem::exists(directory + name))
                return directory + name;
        return std::nullopt;
    }

    /// A port of 127.0.0.1 on which nobody listens now.
    static unsigned short free_port()
    {
        asio::io_context io;
        const asio::ip::tcp::acceptor free(io,
                                           asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
        return free.local_endpoint().port();
    }

    /// Makes the directory; nothing is started.
    explicit server_process(std::filesystem::path program)
        : program_(std::move(program))
    {
        // What a server's parent leaves behind becomes our child instead of init's, and is reaped here.
        if (::prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) != 0)
            throw std::system_error(errno, std::generic_category(), "PR_SET_CHILD_SUBREAPER");
        const auto name = "partner_center-" + program_.filename().string() + "-XXXXXX";
        std::string path = (std::filesystem::temp_directory_path() / name).string();
        if (::mkdtemp(path.data()) == nullptr)
            throw std::system_error(errno, std::generic_category(), "a temporary directory for a server");
        directory_ = path;
    }

    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;

    ~server_process()
    {
        stop();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    /// Starts the program on a free port and waits until it listens there.
    ///
    /// @param pid_file Empty for a program that stays what it is; otherwise the file in the directory in
    ///        which one that detaches itself leaves its id.
    /// @throws std::runtime_error It does not start; the text has its own words.
    void start(const configurator& configure, const std::string& pid_file = {})
    {
        // A free port may be taken by somebody else before the program binds it.
        for (int attempt = 0; attempt != 5; ++attempt) {
            port_ = free_port();
            if (try_start(configure, pid_file))
                return;
        }
        throw std::runtime_error(program_.string() + " does not start: " + read("error.log") +
                                 read("output"));
    }

    /// Starts it again where it listened before, once it was stopped. Throws as @ref start.
    void start_again(const configurator& configure, const std::string& pid_file = {})
    {
        stop();
        if (!try_start(configure, pid_file))
            throw std::runtime_error(program_.string() + " does not start again: " + read("error.log") +
                                     read("output"));
    }

    /// Kills it and all it has started, and waits for their end.
    void stop() noexcept
    {
        if (group_ == 0)
            return;
        ::kill(-group_, SIGKILL);
        while (::waitpid(-group_, nullptr, 0) > 0 || errno == EINTR) {
        }
        group_ = 0;
    }

    [[nodiscard]] unsigned short port() const noexcept { return port_; }
    [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }

    /// Writes a file in the directory.
    void write(const std::string& name, std::string_view content) const
    {
        std::ofstream(directory_ / name) << content;
    }

    /// The content of a file in the directory; empty when there is none.
    [[nodiscard]] std::string read(const std::string& name) const
    {
        std::ostringstream text;
        text << std::ifstream(directory_ / name).rdbuf();
        return text.str();
    }

    /// The complete lines of a file in the directory that contain a word.
    [[nodiscard]] std::vector<std::string> lines(const std::string& name, std::string_view word = {}) const
    {
        const std::string content = read(name);
        std::vector<std::string> found;
        for (std::size_t begin = 0, end; (end = content.find('\n', begin)) != content.npos; begin = end + 1)
            if (const auto line = content.substr(begin, end - begin); line.find(word) != line.npos)
                found.push_back(line);
        return found;
    }

    /// As @ref lines, when there are so many, or when they do not come: servers write them after the answer.
    [[nodiscard]] std::vector<std::string> wait_for_lines(std::size_t count, const std::string& name,
                                                          std::string_view word = {}) const
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            auto found = lines(name, word);
            if (found.size() >= count || std::chrono::steady_clock::now() > until)
                return found;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

private:
    static constexpr std::chrono::seconds patience{20};

    bool try_start(const configurator& configure, const std::string& pid_file)
    {
        if (!spawn(configure(port_)) || (!pid_file.empty() && !follow_to(pid_file)) ||
            !wait_until_it_listens()) {
            stop();
            return false;
        }
        return true;
    }

    bool spawn(std::vector<std::string> arguments)
    {
        const std::string program = program_.string();
        const std::string output = (directory_ / "output").string();
        arguments.insert(arguments.begin(), program);
        std::vector<char*> pointers;
        for (std::string& argument : arguments)
            pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
        // A socket of ours that the server inherits would stay open after we have closed it.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        posix_spawnattr_setpgroup(&attributes, 0);
        pid_t child = 0;
        const int failure =
            posix_spawn(&child, program.c_str(), &actions, &attributes, pointers.data(), environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        group_ = failure == 0 ? child : 0;
        return failure == 0;
    }

    // A program that detaches itself ends as soon as its successor is there, a leader of a group of its own.
    bool follow_to(const std::string& pid_file)
    {
        int status = 0;
        while (::waitpid(group_, &status, 0) == -1 && errno == EINTR) {
        }
        group_ = 0;
        if (status != 0)
            return false;
        const auto id = wait_for_lines(1, pid_file);
        group_ = id.empty() ? 0 : static_cast<pid_t>(std::stol(id.front()));
        return group_ != 0;
    }

    // False when it has ended instead, or takes longer than anybody would wait.
    bool wait_until_it_listens()
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until) {
            asio::io_context io;
            asio::ip::tcp::socket probe(io);
            boost::system::error_code ec;
            probe.connect(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), port_), ec);
            if (::waitpid(group_, nullptr, WNOHANG) != 0)
                return false;
            if (!ec)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        return false;
    }

    std::filesystem::path program_;
    std::filesystem::path directory_;
    unsigned short port_ = 0;
    pid_t group_ = 0; // of the server and all it starts; the server's own id
};

} // namespace partner_center::testing

#endif
