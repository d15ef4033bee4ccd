// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The switch between the mutants; and a listener that prints the name of a test that fails, ends the program,
// and writes down which mutants each test reaches.

#include "switch.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace mutants {
namespace {

std::array<std::atomic<bool>, 8192> reached;

int chosen() noexcept
{
    const char* const id = std::getenv("PARTNER_CENTER_MUTANT");
    return id ? std::atoi(id) : -1;
}

} // namespace

bool on(int id) noexcept
{
    static const int active = chosen();
    const auto index = static_cast<std::size_t>(id);
    if (!reached[index].load(std::memory_order_relaxed))
        reached[index].store(true, std::memory_order_relaxed);
    return id == active;
}

namespace {

class listener final : public doctest::IReporter {
public:
    explicit listener(const doctest::ContextOptions&)
    {
        if (const char* const path = std::getenv("PARTNER_CENTER_MUTANT_TRACE"))
            trace_ = std::fopen(path, "w");
    }

    void test_case_start(const doctest::TestCaseData& test) override
    {
        name_ = test.m_name;
        for (auto& one : reached)
            one = false;
    }

    void test_case_end(const doctest::CurrentTestCaseStats& test) override
    {
        if (test.failure_flags != 0)
            fail();
        if (!trace_)
            return;
        std::fprintf(trace_, "%.6f\t%s\t", test.seconds, name_);
        for (std::size_t id = 0; id != reached.size(); ++id)
            if (reached[id])
                std::fprintf(trace_, "%zu ", id);
        std::fputc('\n', trace_);
        std::fflush(trace_);
    }

    void test_case_exception(const doctest::TestCaseException&) override { fail(); }

    void log_assert(const doctest::AssertData& tried) override
    {
        if (tried.m_failed && (tried.m_at & doctest::assertType::is_warn) == 0)
            fail();
    }

    void log_message(const doctest::MessageData& said) override
    {
        if ((said.m_severity & doctest::assertType::is_warn) == 0)
            fail();
    }

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    // Ends at once, for what a mutant has broken may never end. Without one all the others are of interest.
    void fail() const noexcept
    {
        std::printf("FAILED %s\n", name_);
        std::fflush(stdout);
        if (!trace_)
            _exit(1);
    }

    std::FILE* trace_ = nullptr;
    const char* name_ = "";
};

DOCTEST_REGISTER_LISTENER("mutants", 0, listener);

} // namespace
} // namespace mutants
