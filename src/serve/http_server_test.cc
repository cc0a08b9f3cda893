#include "serve/http_server.h"

#include "serve/http_message.h"
#include "serve/test_http.h"

namespace vigia {
namespace {

const std::string get = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string post(std::string_view body, std::string_view headers = "") {
    return "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

std::string path(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

void expect_status(const std::string& answer, unsigned status) {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(status) + " " + std::string(reason(status))))
        << answer.substr(0, 1000);
    if (status >= 400) {
        EXPECT_TRUE(answer.contains("Content-Type: application/problem+json\r\n"));
        EXPECT_TRUE(answer.contains("\"status\":" + std::to_string(status)));
        EXPECT_TRUE(answer.contains("\"code\":\""));
    }
}

TEST_F(HttpTest, HandsTheRequestOverAndTheAnswerBack) {
    start();
    RawClient client(server_->port());
    const std::string answer = client.ask(
        "POST /one%20two/x?a=b%26c HTTP/1.1\r\nHOST: Example.org:8443\r\nX-NOTE:  seen \r\nContent-Length: "
        "4\r\n\r\nbody");
    expect_status(answer, 200);
    EXPECT_TRUE(
        answer.ends_with("\r\n\r\nPOST /one two/x from 127.0.0.1 to example.org:8443\na=b&c\nseen\nbody"));
    EXPECT_TRUE(answer.contains("Content-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_TRUE(client.ask(get).contains("to localhost:80\n"));
}

TEST_F(HttpTest, EveryAnswerHasTheHeadersThatProtect) {
    start();
    RawClient client(server_->port());
    for (const std::string& request : {get, path("/throw"), path("/status/404"), path("/%zz")}) {
        const std::string answer = client.ask(request);
        for (const char* header :
             {"X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
              "Cache-Control: no-store\r\n", "X-Frame-Options: DENY\r\n",
              "Content-Security-Policy: default-src 'none'\r\n", "Date: ", "X-Request-Id: "})
            EXPECT_TRUE(answer.contains(header)) << header << answer;
        EXPECT_FALSE(answer.contains("Strict-Transport-Security"));
    }
}

TEST_F(HttpTest, TheHandlersOwnHeadersStandButForThoseOfTheServer) {
    start();
    RawClient client(server_->port());
    const std::string own = client.ask(path("/header?name=cache-control&value=max-age%3D60"));
    EXPECT_TRUE(own.contains("cache-control: max-age=60\r\n"));
    EXPECT_FALSE(own.contains("no-store"));
    const std::string length = client.ask(path("/header?name=Content-Length&value=900"));
    EXPECT_TRUE(length.contains("Content-Length: 2\r\n"));
    EXPECT_FALSE(length.contains("900"));
    expect_status(client.ask(path("/header?name=X-Note&value=a%0D%0ASet-Cookie:b")), 500);
    expect_status(client.ask(path("/header?name=X%0AY&value=a")), 500);
    expect_status(client.ask(path("/status/99")), 500);
    expect_status(client.ask(path("/status/600")), 500);
}

TEST_F(HttpTest, AHandlerThatThrowsIsAnAnswerAndNoEnd) {
    start();
    RawClient client(server_->port());
    expect_status(client.ask(path("/throw")), 500);
    expect_status(client.ask(path("/throw-number")), 500);
    expect_status(client.ask(get), 200);
}

TEST_F(HttpTest, ConnectionsStayOpenUnlessAskedOtherwise) {
    start();
    RawClient client(server_->port());
    for (int i = 0; i < 3; i++) EXPECT_TRUE(client.ask(get).contains("Connection: keep-alive\r\n"));
    EXPECT_EQ(server_->open_connections(), 1U);
    client.send("GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(client.rest().contains("Connection: close\r\n"));
    client.hang_up();
    EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
    RawClient old(server_->port());
    old.send("GET /a HTTP/1.0\r\n\r\n");
    expect_status(old.rest(), 200);
}

TEST_F(HttpTest, PipelinedRequestsAreAnsweredInOrder) {
    start();
    RawClient client(server_->port());
    client.send("\r\n" + path("/1") + post("two") + path("/3") +
                "HEAD /4 HTTP/1.1\r\nHost: localhost\r\n\r\n" + path("/5"));
    EXPECT_TRUE(client.answer().contains("GET /1 "));
    EXPECT_TRUE(client.answer().ends_with("two"));
    EXPECT_TRUE(client.answer().contains("GET /3 "));
    const std::string head = client.answer(true);
    EXPECT_TRUE(head.ends_with("\r\n\r\n") && head.contains("Content-Length: ")) << head;
    EXPECT_TRUE(client.answer().contains("GET /5 "));
}

TEST_F(HttpTest, AnswersOfNoBodyHaveNone) {
    start();
    RawClient client(server_->port());
    client.send(path("/empty") + "HEAD /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n" + path("/%zz"));
    const std::string empty = client.answer();
    EXPECT_TRUE(empty.starts_with("HTTP/1.1 204 No Content\r\n") && empty.ends_with("\r\n\r\n")) << empty;
    EXPECT_FALSE(empty.contains("\r\nContent-Length") || empty.contains("\r\nContent-Type"));
    EXPECT_TRUE(client.answer(true).starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(watched_.made, 0U);
    EXPECT_TRUE(eventually([&] { return watched_.is_destroyed.load(); }));
    expect_status(client.answer(), 400);
}

TEST_F(HttpTest, ChunkedBodiesArePutTogether) {
    start();
    RawClient client(server_->port());
    const std::string head = "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n\r\n";
    EXPECT_TRUE(
        client.ask(head + "5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\n\r\n").ends_with("\nhello world"));
    // Headers after the last chunk are not headers of the request.
    EXPECT_TRUE(client.ask(head + "1\r\na\r\n0\r\nX-Note: late\r\n\r\n").ends_with("\n\na"));
    for (const std::string body : {"3\r\nabc\r\n0\r\n\r\n", "0\r\n\r\n", "1\r\na\r\n00\r\nX: y\r\n\r\n"}) {
        for (const char c : head + body) client.send(std::string(1, c));
        expect_status(client.answer(), 200);
    }
    for (const char* body : {"x\r\n", "5\r\nhelloo\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5\nhello\r\n"}) {
        RawClient other(server_->port());
        expect_status(other.ask(head + body + "0\r\n\r\n"), 400);
    }
}

TEST_F(HttpTest, AClientThatAsksIsToldToGoOn) {
    start({.body_bytes_max = 10});
    RawClient client(server_->port());
    const std::string head =
        "POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ";
    EXPECT_EQ(client.ask(head + "4\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_TRUE(client.ask("body").ends_with("\nbody"));
    expect_status(client.ask(head + "11\r\n\r\n"), 413);
    RawClient other(server_->port());
    expect_status(other.ask("POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: cake\r\n\r\n"), 417);
}

TEST_F(HttpTest, HeadersAreTakenUpToTheirBound) {
    start({.header_bytes_max = 512});
    const auto of_bytes = [](size_t bytes) {
        const std::string start = "GET /a HTTP/1.1\r\nHost: localhost\r\nX-Note: ";
        return start + std::string(bytes - start.size() - 4, 'n') + "\r\n\r\n";
    };
    RawClient client(server_->port());
    expect_status(client.ask(of_bytes(512)), 200);
    expect_status(client.ask(of_bytes(513)), 431);
    EXPECT_EQ(client.rest(), "");
    EXPECT_EQ(handled_, 1U);
}

TEST_F(HttpTest, BodiesAreTakenUpToTheirBound) {
    start({.body_bytes_max = 100'000});
    const std::string chunked = "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    RawClient client(server_->port());
    expect_status(client.ask(post(std::string(100'000, 'b'))), 200);
    expect_status(client.ask(chunked + "186a0\r\n" + std::string(100'000, 'b') + "\r\n0\r\n\r\n"), 200);
    expect_status(client.ask(chunked + "186a0\r\n" + std::string(100'000, 'b') + "\r\n1\r\nb\r\n0\r\n\r\n"),
                  413);
    RawClient other(server_->port());
    expect_status(other.ask(post(std::string(100'001, 'b'))), 413);
    RawClient huge(server_->port());
    expect_status(huge.ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
                  400);
    EXPECT_EQ(handled_, 2U);
}

TEST_F(HttpTest, BodiesOfAllRequestsTogetherHaveABound) {
    start({.bodies_bytes_max = 1000});
    RawClient first(server_->port()), second(server_->port());
    first.send("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n" + std::string(600, 'b'));
    ASSERT_TRUE(eventually([&] { return gate_.waiting == 1; }));
    expect_status(second.ask(post(std::string(400, 'b'))), 200);
    const std::string full = second.ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 401\r\n\r\n");
    expect_status(full, 429);
    EXPECT_TRUE(full.contains("Retry-After: 1\r\n"));
    RawClient third(server_->port());
    expect_status(third.ask("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n191\r\n" +
                            std::string(401, 'b')),
                  429);
    gate_.open();
    expect_status(first.answer(), 200);
    RawClient fourth(server_->port());
    expect_status(fourth.ask(post(std::string(1000, 'b'))), 200);
}

TEST_F(HttpTest, ConnectionsHaveABound) {
    start({.connections_max = 2});
    RawClient first(server_->port()), second(server_->port());
    expect_status(first.ask(get), 200);
    expect_status(second.ask(get), 200);
    RawClient third(server_->port());
    third.send(get);
    const std::string full = third.rest();
    expect_status(full, 503);
    EXPECT_TRUE(full.contains("Retry-After: "));
    EXPECT_EQ(server_->open_connections(), 2U);
    first.hang_up();
    ASSERT_TRUE(eventually([&] { return server_->open_connections() == 1; }));
    RawClient fourth(server_->port());
    expect_status(fourth.ask(get), 200);
}

TEST_F(HttpTest, WhoIsSlowIsToldAndWhoIsIdleIsLeft) {
    start({.read_time_max = std::chrono::seconds{1}, .idle_time_max = std::chrono::seconds{1}});
    RawClient head(server_->port()), body(server_->port()), idle(server_->port());
    head.send("GET /a HTT");
    body.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nb");
    expect_status(head.rest(), 408);
    expect_status(body.rest(), 408);
    EXPECT_EQ(idle.rest(), "");
    EXPECT_EQ(handled_, 0U);
}

TEST_F(HttpTest, AHandlerMayTakeLongerThanAClient) {
    start({.read_time_max = std::chrono::seconds{1}, .idle_time_max = std::chrono::seconds{1}});
    RawClient waiting(server_->port()), idle(server_->port());
    waiting.send(path("/wait"));
    // The second connection has come to its end, which it began later.
    EXPECT_EQ(idle.rest(), "");
    gate_.open();
    expect_status(waiting.answer(), 200);
}

TEST_F(HttpTest, RequestsThatCouldBeReadInTwoWaysAreRefused) {
    start();
    const std::string line = "POST /a HTTP/1.1\r\n", host = "Host: localhost\r\n", body = "\r\n0\r\n\r\n";
    for (const std::string& request : {
             line + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + body,
             line + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + body,
             line + host + "Content-Length: 5\r\nContent-Length: 5\r\n" + body,
             line + host + "Content-Length: 5\r\nContent-Length: 6\r\n" + body,
             line + host + "Content-Length: 5, 5\r\n" + body,
             line + host + "Content-Length: +5\r\n" + body,
             line + host + "Content-Length: 0x5\r\n" + body,
             line + host + "Content-Length:\r\n" + body,
             line + host + "Transfer-Encoding: gzip, chunked\r\n" + body,
             line + host + "Transfer-Encoding: identity\r\n" + body,
             line + host + "Transfer-Encoding: xchunked\r\n" + body,
             line + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + body,
             line + host + "Transfer-Encoding : chunked\r\n" + body,
             line + host +
                 "Transfer-Encoding:\x0b"
                 "chunked\r\n" +
                 body,
             line + host + " Transfer-Encoding: chunked\r\n" + body,
             line + host + "X-Note: a\r\n b\r\n" + body,
             line + host + "X-Note: a\rb\r\n" + body,
             line + host + "X-Note: a\nb: c\r\n" + body,
             line + host + std::string("X-Note: a\0b\r\n", 13) + body,
             line + host + "X-Note: a\x7f\r\n" + body,
             line + host + "No colon\r\n" + body,
             line + host + host + body,
             line + "Host: a b\r\n" + body,
             line + "X-Note: no host\r\n" + body,
             "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + body,
             "POST /a\r\n" + host + body,
             "POST  /a HTTP/1.1\r\n" + host + body,
             "POST /a b HTTP/1.1\r\n" + host + body,
             "post /a HTTP/1.1\r\n" + host + body,
             "PO(ST /a HTTP/1.1\r\n" + host + body,
             "GET * HTTP/1.1\r\n" + host + body,
             "CONNECT example.org:443 HTTP/1.1\r\n" + host + body,
             "GET /a\nHost: a\n\n" + body,
             "GET /%zz HTTP/1.1\r\n" + host + body,
             "GET /../a HTTP/1.1\r\n" + host + body,
             std::string("\x16\x03\x01\x02\x01", 5),
         }) {
        RawClient client(server_->port());
        client.send(request);
        const std::string answer = client.answer();
        expect_status(answer, 400);
        EXPECT_EQ(client.rest(), "") << request;
    }
    RawClient client(server_->port());
    expect_status(client.ask("GET /a HTTP/2.0\r\n" + host + "\r\n"), 505);
    RawClient other(server_->port());
    expect_status(other.ask("GET /" + std::string(8192, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), 414);
    EXPECT_EQ(handled_, 0U);
}

TEST_F(HttpTest, StreamsComeInChunksAndEndTheConnection) {
    start();
    RawClient client(server_->port());
    client.send(path("/pieces"));
    const std::string answer = client.rest();
    expect_status(answer, 200);
    EXPECT_TRUE(answer.contains("Transfer-Encoding: chunked\r\n") &&
                answer.contains("Connection: close\r\n"));
    EXPECT_FALSE(answer.contains("Content-Length"));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n8\r\npiece 0\n\r\n8\r\npiece 1\n\r\n8\r\npiece 2\n\r\n0\r\n\r\n"))
        << answer;
    EXPECT_FALSE(watched_.is_cancelled);
    RawClient old(server_->port());
    old.send("GET /pieces HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(old.rest().ends_with("\r\n\r\npiece 0\npiece 1\npiece 2\n"));
}

TEST_F(HttpTest, AStreamLearnsThatItsClientHasGone) {
    start();
    RawClient client(server_->port());
    client.send(path("/news"));
    ASSERT_TRUE(client.sees("piece 2\n"));
    EXPECT_FALSE(watched_.is_cancelled);
    client.hang_up();
    EXPECT_TRUE(eventually([&] { return watched_.is_cancelled && watched_.is_destroyed; }));
    EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(HttpTest, AStreamWaitsForItsClient) {
    start({.read_time_max = std::chrono::seconds{1}});
    RawClient client(server_->port());
    client.send(path("/endless"));
    ASSERT_TRUE(client.sees("piece 0\n"));
    // Nobody reads on, so the stream is cut in the end; what it made until then fits into the sockets.
    EXPECT_TRUE(eventually([&] { return watched_.is_destroyed.load(); }));
    EXPECT_TRUE(watched_.is_cancelled);
    EXPECT_LT(watched_.made, 1000U);
    EXPECT_FALSE(client.rest().ends_with("0\r\n\r\n"));
}

TEST_F(HttpTest, StreamsHaveABound) {
    start({.streams_max = 1});
    RawClient first(server_->port()), second(server_->port());
    first.send(path("/news"));
    ASSERT_TRUE(first.sees("piece 2\n"));
    expect_status(second.ask(path("/pieces")), 503);
    first.hang_up();
    const auto streams_again = [&] {
        RawClient third(server_->port());
        third.send(path("/pieces"));
        return third.rest().starts_with("HTTP/1.1 200");
    };
    EXPECT_TRUE(eventually(streams_again));
}

TEST_F(HttpTest, AStopLetsRequestsInWorkEnd) {
    start();
    RawClient waiting(server_->port()), idle(server_->port());
    expect_status(idle.ask(get), 200);
    waiting.send(path("/wait") + get);
    ASSERT_TRUE(eventually([&] { return gate_.waiting == 1; }));
    std::thread stopping([&] { server_->stop(); });
    EXPECT_EQ(idle.rest(), "");
    gate_.open();
    const std::string answers = waiting.rest();
    expect_status(answers, 200);
    EXPECT_TRUE(answers.contains("Connection: close\r\n"));
    stopping.join();
    EXPECT_EQ(server_->open_connections(), 0U);
    EXPECT_EQ(handled_, 2U);
    server_->stop();
}

TEST_F(HttpTest, AStopEndsStreamsAndWhatIsTooSlow) {
    start({.stop_time_max = std::chrono::seconds{1}});
    RawClient news(server_->port()), slow(server_->port()), unread(server_->port());
    news.send(path("/news"));
    ASSERT_TRUE(news.sees("piece 2\n"));
    slow.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
    unread.send(path("/big"));
    ASSERT_TRUE(eventually([&] { return handled_ == 2; }));
    server_->stop();
    EXPECT_TRUE(watched_.is_cancelled && watched_.is_destroyed);
    EXPECT_FALSE(news.rest().ends_with("0\r\n\r\n"));
    EXPECT_EQ(slow.rest(), "");
    EXPECT_LT(unread.rest().size(), size_t{8} << 20);
}

TEST_F(HttpTest, ManyAtOnce) {
    start();
    constexpr size_t clients = 200, rounds = 5;
    std::atomic<size_t> right = 0;
    std::vector<std::thread> threads;
    for (size_t i = 0; i < clients; i++) {
        threads.emplace_back([&, i] {
            RawClient client(server_->port());
            for (size_t round = 0; round < rounds; round++) {
                const std::string body =
                    std::to_string(i) + "-" + std::to_string(round) + std::string(i * 100, 'b');
                if (client.ask(post(body)).ends_with("\n" + body)) right++;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, clients * rounds);
    EXPECT_EQ(handled_, clients * rounds);
}

TEST_F(HttpTest, SaysWhyItCannotStart) {
    start();
    const auto handler = [](HttpRequest) { return HttpAnswer(); };
    const auto taken = HttpServer::start({.port = server_->port()}, handler);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind, ErrorKind::Io);
    EXPECT_TRUE(taken.error().message.starts_with("cannot listen on 127.0.0.1 port "))
        << taken.error().message;
    EXPECT_EQ(HttpServer::start({.address = "somewhere"}, handler).error().kind, ErrorKind::BadInput);
    EXPECT_FALSE(server_->reload_tls());
}

TEST(HttpMessage, SpellsDatesAndReasons) {
    EXPECT_EQ(http_date(Time{std::chrono::seconds{784111777}}), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(reason(404), "Not Found");
    EXPECT_EQ(reason(507), "Insufficient Storage");
    EXPECT_EQ(reason(299), "Unknown");
}

}  // namespace
}  // namespace vigia
