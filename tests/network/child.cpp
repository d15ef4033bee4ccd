// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

extern char** environ;

namespace network {
namespace {

std::string joined(const std::vector<std::string>& command)
{
    std::string text;
    for (const std::string& word : command)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

} // namespace

child::child(const std::vector<std::string>& command, const std::filesystem::path& output)
    : name_(command.front())
{
    std::vector<char*> arguments;
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    const int failure = ::posix_spawnp(&id_, arguments.front(), &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (failure != 0)
        throw std::system_error(failure, std::generic_category(), joined(command));
}

child::~child()
{
    kill();
}

void child::signal(int number) const
{
    if (id_ == 0 || ::kill(id_, number) != 0)
        throw std::runtime_error(name_ + " is gone and takes no signal");
}

void child::kill() noexcept
{
    if (id_ != 0)
        ::kill(id_, SIGKILL);
    wait();
}

int child::wait() noexcept
{
    int status = 0;
    while (id_ != 0 && ::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool child::is_running() noexcept
{
    if (id_ != 0 && ::waitpid(id_, nullptr, WNOHANG) == id_)
        id_ = 0;
    return id_ != 0;
}

void run(const std::vector<std::string>& command)
{
    std::string path = (std::filesystem::temp_directory_path() / "partner_center-network-XXXXXX").string();
    const int file = ::mkstemp(path.data());
    if (file < 0)
        throw std::system_error(errno, std::generic_category(), "a temporary file");
    ::close(file);
    const int status = child(command, path).wait();
    std::ostringstream said;
    said << std::ifstream(path).rdbuf();
    std::filesystem::remove(path);
    if (status != 0)
        throw std::runtime_error(joined(command) + ": " + said.str());
}

} // namespace network
