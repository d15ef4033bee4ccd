// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The same with libcurl: an easy handle that keeps its connection; for several calls in flight, as many of
// them in one multi handle.

#include "common.hpp"
#include "profile.hpp"

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace {

void check(CURLcode code)
{
    if (code != CURLE_OK)
        throw std::runtime_error(curl_easy_strerror(code));
}

void check(CURLMcode code)
{
    if (code != CURLM_OK)
        throw std::runtime_error(curl_multi_strerror(code));
}

std::size_t append(char* data, std::size_t, std::size_t size, void* to)
{
    static_cast<std::string*>(to)->append(data, size);
    return size;
}

struct free_headers {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using header_list = std::unique_ptr<curl_slist, free_headers>;

void add(header_list& list, const std::string& line)
{
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (!longer)
        throw std::bad_alloc();
    (void)list.release();
    list.reset(longer);
}

class handle {
public:
    explicit handle(const benchmarks::arguments& given)
        : easy_(curl_easy_init(), &curl_easy_cleanup)
    {
        if (!easy_)
            throw std::runtime_error("libcurl makes no handle");
        set(CURLOPT_URL, given.url().c_str());
        set(CURLOPT_CAINFO, given.ca_file.c_str());
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, 60'000L);
        set(CURLOPT_CUSTOMREQUEST, "PUT");
        set(CURLOPT_WRITEFUNCTION, &append);
        set(CURLOPT_WRITEDATA, static_cast<void*>(&answer_));
        set(CURLOPT_PRIVATE, static_cast<void*>(this));
    }

    CURL* get() const { return easy_.get(); }

    void prepare(const benchmarks::profile& profile, benchmarks::recorder& calls)
    {
        time_.emplace(calls);
        header_list headers;
        add(headers, authorization_);
        add(headers, "Accept: application/json");
        add(headers, "MS-RequestId: " + benchmarks::make_guid());
        add(headers, "MS-CorrelationId: " + benchmarks::make_guid());
        add(headers, "MS-Contract-Version: v1");
        add(headers, "Content-Type: application/json");
        add(headers, "Expect:");
        set(CURLOPT_HTTPHEADER, headers.get());
        headers_ = std::move(headers);
        body_ = benchmarks::serialize_profile(profile);
        set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
        set(CURLOPT_POSTFIELDS, body_.c_str());
        answer_.clear();
    }

    void finish(CURLcode result)
    {
        check(result);
        long status = 0;
        check(curl_easy_getinfo(get(), CURLINFO_RESPONSE_CODE, &status));
        if (status != 200)
            throw std::runtime_error("update failed: " + std::to_string(status) + ' ' + answer_);
        benchmarks::check_answer(200, benchmarks::parse_profile(answer_).company_name);
        time_->done();
    }

private:
    template <class Value>
    void set(CURLoption option, Value value)
    {
        check(curl_easy_setopt(easy_.get(), option, value));
    }

    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
    const std::string authorization_ = "Authorization: Bearer " + benchmarks::token();
    header_list headers_;
    std::string body_;
    std::string answer_;
    std::optional<benchmarks::stopwatch> time_;
};

class with_curl final : public benchmarks::program {
public:
    explicit with_curl(const benchmarks::arguments& given)
        : profile_(benchmarks::parse_profile(benchmarks::profile_text()))
    {
        check(curl_global_init(CURL_GLOBAL_DEFAULT));
        for (std::size_t i = 0; i != given.in_flight; ++i)
            handles_.push_back(std::make_unique<handle>(given));
    }

    void make_calls(benchmarks::recorder& calls) override
    {
        if (handles_.size() != 1)
            return make_calls_at_once(calls);
        handle& only = *handles_.front();
        while (calls.take()) {
            only.prepare(profile_, calls);
            only.finish(curl_easy_perform(only.get()));
        }
    }

private:
    void make_calls_at_once(benchmarks::recorder& calls)
    {
        for (const auto& each : handles_)
            begin(*each, calls);
        int running = 1;
        while (running != 0) {
            check(curl_multi_perform(multi_.get(), &running));
            int more = 0;
            while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &more)) {
                void* ended = nullptr;
                check(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &ended));
                const CURLcode result = message->data.result;
                check(curl_multi_remove_handle(multi_.get(), message->easy_handle));
                static_cast<handle*>(ended)->finish(result);
                if (begin(*static_cast<handle*>(ended), calls))
                    running = 1;
            }
            if (running != 0)
                check(curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr));
        }
    }

    bool begin(handle& idle, benchmarks::recorder& calls)
    {
        if (!calls.take())
            return false;
        idle.prepare(profile_, calls);
        check(curl_multi_add_handle(multi_.get(), idle.get()));
        return true;
    }

    benchmarks::profile profile_;
    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_{curl_multi_init(), &curl_multi_cleanup};
    std::vector<std::unique_ptr<handle>> handles_;
};

} // namespace

int main(int argc, char** argv)
{
    return benchmarks::run<with_curl>(argc, argv);
}
