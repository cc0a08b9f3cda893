#include "network/transfers.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "base/assert.h"
#include "base/parts.h"
#include "base/thread_name.h"
#include "network/easy.h"

namespace vigia {

namespace {

constexpr size_t shown_reason_bytes_max = 200;
constexpr int poll_ms = 1'000;

struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One call, from run() to its answer.
struct Job {
    Transfer what;
    TransferAnswer answer;
    size_t headers_bytes = 0;
    bool is_long = false;
    std::array<char, CURL_ERROR_SIZE> reason{};
    std::unique_ptr<curl_slist, FreeList> headers;
    std::unique_ptr<CURL, FreeEasy> easy;
    std::promise<Result<TransferAnswer>> done;
};

size_t on_body(char* bytes, size_t size, size_t count, void* of) {
    Job& job = *static_cast<Job*>(of);
    const size_t given = size * count;
    if (job.answer.body.size() + given > job.what.bounds.answer_bytes_max) {
        job.is_long = true;
        return CURL_WRITEFUNC_ERROR;
    }
    job.answer.body.append(bytes, given);
    return given;
}

size_t on_header(char* bytes, size_t size, size_t count, void* of) {
    Job& job = *static_cast<Job*>(of);
    std::string_view line(bytes, size * count);
    job.headers_bytes += line.size();
    if (job.headers_bytes > answer_headers_bytes_max) return CURL_WRITEFUNC_ERROR;
    // An interim answer, as 100, is followed by another.
    if (line.starts_with("HTTP/")) job.answer.headers.clear();
    const size_t given = line.size();
    if (line.find(':') == std::string_view::npos) return given;
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    std::string name(take_part(line, ':'));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(tolower(c)); });
    job.answer.headers[std::move(name)] = trimmed(line);
    return given;
}

void prepare(Job& job) {
    job.easy.reset(curl_easy_init());
    VIGIA_ASSERT(job.easy != nullptr);
    const auto set = [&](CURLoption option, auto value) {
        VIGIA_ASSERT(curl_easy_setopt(job.easy.get(), option, value) == CURLE_OK);
    };
    const Transfer& what = job.what;
    secure(job.easy.get(), what.bounds, what.reach);
    set(CURLOPT_URL, what.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);  // a signature is over the path as it stands
    set(CURLOPT_PROTOCOLS_STR, what.http_allowed ? "https,http" : "https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_USERAGENT, "Vigia");
    set(CURLOPT_CUSTOMREQUEST, what.method.c_str());
    if (what.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    if (!what.ca_file.empty()) set(CURLOPT_CAINFO, what.ca_file.c_str());
    const auto parts = url_parts(what.url);
    if (what.reach == Reach::Credentials || (parts && parts->is_loopback)) set(CURLOPT_NOPROXY, "*");
    if (!what.body.empty() || what.method == "POST" || what.method == "PUT") {
        set(CURLOPT_POSTFIELDS, what.body.c_str());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
    }
    if (what.stall_max.count() > 0) {
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(what.stall_max.count()));
    }
    curl_slist* headers = curl_slist_append(nullptr, "Expect:");
    for (const std::string& one : what.headers) headers = curl_slist_append(headers, one.c_str());
    VIGIA_ASSERT(headers != nullptr);
    job.headers.reset(headers);
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, &job);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, &job);
    set(CURLOPT_ERRORBUFFER, job.reason.data());
    set(CURLOPT_PRIVATE, &job);
}

Result<TransferAnswer> outcome(Job& job, CURLcode code) {
    if (job.is_long)
        return error(ErrorKind::Io,
                     fmt::format("the answer has more than {} bytes", job.what.bounds.answer_bytes_max));
    if (code != CURLE_OK) {
        const std::string_view said = job.reason.data();
        return error(ErrorKind::Io,
                     printable(said.empty() ? curl_easy_strerror(code) : said, shown_reason_bytes_max));
    }
    curl_easy_getinfo(job.easy.get(), CURLINFO_RESPONSE_CODE, &job.answer.status);
    return std::move(job.answer);
}

}  // namespace

struct Transfers::State {
    std::unique_ptr<CURLM, FreeMulti> multi;
    std::mutex mutex;
    std::deque<std::shared_ptr<Job>> fresh;
    std::deque<std::shared_ptr<Job>> stopped;
    std::map<Job*, std::shared_ptr<Job>> running;  // of the thread
    std::jthread thread;

    void end(Job& job, Result<TransferAnswer> result) {
        const auto at = running.find(&job);
        if (at == running.end()) return;
        curl_multi_remove_handle(multi.get(), job.easy.get());
        job.done.set_value(std::move(result));
        running.erase(at);
    }

    void take_orders() {
        std::deque<std::shared_ptr<Job>> begin, cancel;
        {
            const std::lock_guard lock(mutex);
            begin.swap(fresh);
            cancel.swap(stopped);
        }
        for (auto& job : begin) {
            prepare(*job);
            curl_multi_add_handle(multi.get(), job->easy.get());
            running.emplace(job.get(), job);
        }
        for (const auto& job : cancel) end(*job, error(ErrorKind::Io, "the call was stopped"));
    }

    void take_answers() {
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            void* of = nullptr;
            const CURLcode code = message->data.result;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &of);
            Job& job = *static_cast<Job*>(of);
            end(job, outcome(job, code));
        }
    }

    void run(const std::stop_token& stop) {
        name_thread("transfers");
        while (!stop.stop_requested()) {
            take_orders();
            int active = 0;
            curl_multi_perform(multi.get(), &active);
            take_answers();
            curl_multi_poll(multi.get(), nullptr, 0, poll_ms, nullptr);
        }
        take_orders();
        while (!running.empty()) end(*running.begin()->first, error(ErrorKind::Io, "the service stops"));
    }

    void order(std::deque<std::shared_ptr<Job>>& list, const std::shared_ptr<Job>& job) {
        {
            const std::lock_guard lock(mutex);
            list.push_back(job);
        }
        curl_multi_wakeup(multi.get());
    }
};

Transfers::Transfers(const Options& options) : state_(new State) {
    start_curl();
    state_->multi.reset(curl_multi_init());
    VIGIA_ASSERT(state_->multi != nullptr);
    curl_multi_setopt(state_->multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options.connections_per_host_max));
    curl_multi_setopt(state_->multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      static_cast<long>(options.connections_max));
    curl_multi_setopt(state_->multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(options.connections_max));
    state_->thread = std::jthread([this](const std::stop_token& stop) { state_->run(stop); });
}

Transfers::~Transfers() {
    state_->thread.request_stop();
    curl_multi_wakeup(state_->multi.get());
    state_->thread.join();
}

Result<TransferAnswer> Transfers::run(Transfer transfer, const std::stop_token& stop) {
    const auto job = std::make_shared<Job>();
    job->what = std::move(transfer);
    auto done = job->done.get_future();
    state_->order(state_->fresh, job);
    const std::stop_callback cancel(stop, [&] { state_->order(state_->stopped, job); });
    return done.get();
}

}  // namespace vigia
