// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_TOKEN_FILE_HPP
#define PARTNER_CENTER_EXAMPLES_TOKEN_FILE_HPP

// A refresh token in a file that only its owner may read, and that is always whole: POSIX.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace examples {

class token_file {
public:
    explicit token_file(std::filesystem::path path)
        : path_(std::filesystem::absolute(std::move(path)))
        , new_path_(path_.native() + ".new")
    {
    }

    const std::filesystem::path& path() const noexcept { return path_; }

    /// The token; nothing when there is no file.
    /// @throws std::runtime_error It cannot be read, holds no token, or others may read it.
    std::optional<std::string> read() const
    {
        const descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (file.get() == -1 && errno == ENOENT) {
            // Nobody should sign in for a token that cannot be kept.
            const std::filesystem::path folder = path_.parent_path();
            check(::access(folder.c_str(), W_OK | X_OK) == 0, "making a file in", folder);
            return std::nullopt;
        }
        check(file.get() != -1, "opening", path_);
        struct ::stat about = {};
        check(::fstat(file.get(), &about) == 0, "looking at", path_);
        if (!S_ISREG(about.st_mode))
            throw std::runtime_error(path_.string() + " is no file");
        if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
            throw std::runtime_error(
                "others may use " + path_.string() +
                ", which holds a secret: chmod 600 it if nobody has read it, or delete it "
                "and sign in again");
        std::string token = read_all(file.get());
        token.erase(token.find_last_not_of("\r\n") + 1);
        if (token.empty())
            throw std::runtime_error(path_.string() + " is empty: delete it and sign in again");
        return token;
    }

    /// Replaces the file in one step: whatever happens meanwhile, there is the old one or the new one. When
    /// this returns, the new one outlives a power failure.
    /// @throws std::system_error The old one is as it was.
    void store(std::string_view token) const
    {
        const std::filesystem::path folder = path_.parent_path();
        const descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        check(parent.get() != -1, "opening", folder);
        // Another program that stores at the same time comes first or last.
        check(::flock(parent.get(), LOCK_EX) == 0, "locking", folder);
        // Of a program that was killed here.
        check(::unlink(new_path_.c_str()) == 0 || errno == ENOENT, "deleting", new_path_);
        try {
            write_new_file(token);
            check(::rename(new_path_.c_str(), path_.c_str()) == 0, "replacing", path_);
        } catch (...) {
            ::unlink(new_path_.c_str());
            throw;
        }
        check(::fsync(parent.get()) == 0, "storing the entry in", folder);
    }

private:
    class descriptor {
    public:
        explicit descriptor(int fd) noexcept
            : fd_(fd)
        {
        }
        descriptor(const descriptor&) = delete;
        descriptor& operator=(const descriptor&) = delete;
        ~descriptor()
        {
            if (fd_ != -1)
                ::close(fd_);
        }
        int get() const noexcept { return fd_; }

    private:
        int fd_;
    };

    static void check(bool fine, const char* step, const std::filesystem::path& what)
    {
        if (!fine)
            throw std::system_error(errno, std::generic_category(), std::string(step) + ' ' + what.string());
    }

    std::string read_all(int file) const
    {
        constexpr std::size_t most = 64 * 1024;
        std::string all;
        std::array<char, 4096> piece;
        for (;;) {
            const auto size = ::read(file, piece.data(), piece.size());
            if (size == -1 && errno == EINTR)
                continue;
            check(size != -1, "reading", path_);
            if (size == 0)
                return all;
            all.append(piece.data(), static_cast<std::size_t>(size));
            if (all.size() > most)
                throw std::runtime_error(path_.string() + " is too large for a refresh token");
        }
    }

    void write_new_file(std::string_view token) const
    {
        const descriptor file(::open(new_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        check(file.get() != -1, "making", new_path_);
        while (!token.empty()) {
            const auto size = ::write(file.get(), token.data(), token.size());
            if (size == -1 && errno == EINTR)
                continue;
            check(size != -1, "writing", new_path_);
            token.remove_prefix(static_cast<std::size_t>(size));
        }
        check(::fsync(file.get()) == 0, "storing", new_path_);
    }

    std::filesystem::path path_;
    std::filesystem::path new_path_; // beside it: a file is renamed within one file system only
};

} // namespace examples

#endif
