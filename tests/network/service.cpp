// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "service.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace network {
namespace {

constexpr unsigned short port_behind_gateway = 8080;

// Whether a process listens on a port of the namespace that it is in.
bool listens(pid_t process, unsigned short port)
{
    std::ifstream sockets("/proc/" + std::to_string(process) + "/net/tcp");
    std::ostringstream wanted;
    wanted << std::hex << std::uppercase << port;
    for (std::string line; std::getline(sockets, line);) {
        std::istringstream words(line);
        std::string number, local, remote, state;
        words >> number >> local >> remote >> state;
        if (state == "0A" && local.ends_with(":" + wanted.str()))
            return true;
    }
    return false;
}

void write(const std::filesystem::path& path, const std::string& text)
{
    std::ofstream file(path);
    if (!(file << text).flush())
        throw std::runtime_error("cannot write " + path.string());
}

std::string haproxy_configuration(const std::string& folder, const gateway_options& options)
{
    return "global\n  nbthread 1\n  maxconn 200\ndefaults\n  mode http\n  retries 0\n  timeout connect 2s\n"
           "  timeout client 60s\n  timeout server 60s\n  timeout queue 100ms\n  timeout tarpit 300ms\n"
           "frontend gateway\n  bind " +
           std::string(testbed::server_address) + ":" + std::to_string(testbed::port) + " ssl crt " + folder +
           "/server.pem\n" + options.rules +
           "  default_backend service\nbackend service\n  server service 127.0.0.1:" +
           std::to_string(port_behind_gateway) + " " + options.server + "\n";
}

std::string nginx_configuration(const std::string& folder, const std::string& rules)
{
    std::string text = "daemon off;\nmaster_process off;\npid " + folder + "/nginx.pid;\nerror_log " +
                       folder + "/nginx.log;\nevents {}\nhttp {\n  access_log off;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        text += "  " + std::string(kind) + "_temp_path " + folder + "/nginx-" + kind + ";\n";
    return text + "  server {\n    listen " + testbed::server_address + ":" + std::to_string(testbed::port) +
           " ssl;\n    ssl_certificate " + folder + "/certificate.pem;\n    ssl_certificate_key " + folder +
           "/key.pem;\n    " + rules + "\n    location / {\n      proxy_http_version 1.1;\n" +
           "      proxy_pass http://127.0.0.1:" + std::to_string(port_behind_gateway) + ";\n    }\n  }\n}\n";
}

} // namespace

service::service(testbed& bed, service_options options)
    : bed_(bed)
    , options_(options)
    , has_gateway_(false)
{
    std::filesystem::remove(journal());
    start();
}

service::service(testbed& bed, service_options options, gateway_options gateway)
    : bed_(bed)
    , options_(options)
    , gateway_options_(std::move(gateway))
    , has_gateway_(true)
{
    std::filesystem::remove(journal());
    const std::string folder = bed_.folder().string();
    if (gateway_options_.which == gateway_options::program::nginx)
        write(bed_.folder() / "nginx.conf", nginx_configuration(folder, gateway_options_.rules));
    else
        write(bed_.folder() / "haproxy.cfg", haproxy_configuration(folder, gateway_options_));
    start();
}

std::filesystem::path service::journal() const
{
    return bed_.folder() / "journal";
}

std::vector<std::string> service::service_command() const
{
    const bool node = options_.written_in == service_options::language::node;
    const std::string folder = bed_.folder().string();
    const std::string program = folder + (node ? "/peers/node_server.mjs" : "/peers/h11_server.py");
    return bed_.in_server({node ? "node" : "/usr/bin/python3", program, folder,
                           has_gateway_ ? "127.0.0.1" : testbed::server_address,
                           std::to_string(has_gateway_ ? port_behind_gateway : testbed::port),
                           has_gateway_ ? "http" : "https", std::to_string(options_.delay.count()),
                           std::to_string(options_.keep_alive.count()),
                           options_.chunked ? "chunked" : "whole", options_.close ? "close" : "keep"});
}

std::vector<std::string> service::gateway_command() const
{
    const std::string folder = bed_.folder().string();
    if (gateway_options_.which == gateway_options::program::nginx)
        return bed_.in_server({"nginx", "-c", folder + "/nginx.conf", "-p", folder});
    return bed_.in_server({"haproxy", "-db", "-f", folder + "/haproxy.cfg"});
}

void service::start_one(std::unique_ptr<child>& process, const std::vector<std::string>& command,
                        unsigned short port)
{
    if (process)
        return;
    const auto output = bed_.folder() / "output";
    process = std::make_unique<child>(command, output);
    wait_until(
        [&] {
            if (process->is_running())
                return listens(process->id(), port);
            std::ostringstream said;
            said << std::ifstream(output).rdbuf();
            throw std::runtime_error(command.at(4) + " does not start: " + said.str());
        },
        command.at(4) + " listens");
}

void service::start()
{
    start_one(service_, service_command(), has_gateway_ ? port_behind_gateway : testbed::port);
    if (has_gateway_)
        start_one(gateway_, gateway_command(), testbed::port);
}

void service::kill() noexcept
{
    gateway_.reset();
    service_.reset();
}

void service::restart_gateway()
{
    gateway_.reset();
    start();
}

void service::kill_service() noexcept
{
    service_.reset();
}

void service::signal(int number) const
{
    service_->signal(number);
}

std::map<std::string, unsigned> service::applied() const
{
    std::map<std::string, unsigned> found;
    std::ifstream file(journal());
    for (std::string word, id, line; file >> word >> id && std::getline(file, line);)
        if (word == "applied")
            ++found[id];
    return found;
}

std::size_t service::repeated() const
{
    std::size_t count = 0;
    std::ifstream file(journal());
    for (std::string line; std::getline(file, line);)
        count += line.starts_with("repeated ");
    return count;
}

} // namespace network
