/*
 * grpc server PORT
 * grpc client HOST PORT SECONDS CALLS
 *
 * Unary calls of a service that gives back 64 bytes (grpc.proto), through gRPC's callback API on both sides: CALLS of
 * them are under way on one channel, which is one connection, and each that is answered starts the next. After a
 * fifth of SECONDS to warm up the answers are counted for SECONDS. The server ends when it is terminated.
 */

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "grpc.grpc.pb.h"

using parley::benchmarks::Ball;
using parley::benchmarks::Echo;

static const size_t kSize = 64;
static const int kAnswerMillisecondsMax = 2000;

class Service final : public Echo::CallbackService {
    grpc::ServerUnaryReactor *Throw(grpc::CallbackServerContext *context, const Ball *ball, Ball *answer) override
    {
        answer->set_bytes(ball->bytes());
        auto *reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }
};

/* One call after the other. */
class Caller {
public:
    Caller(Echo::Stub *stub, uint32_t number, std::atomic<long> *count, std::atomic<bool> *is_over,
           std::atomic<int> *running)
        : stub_(stub), number_(number), count_(count), is_over_(is_over), running_(running)
    {
        ball_.set_bytes(std::string(kSize, 'x'));
    }

    void ask()
    {
        std::memcpy(&(*ball_.mutable_bytes())[0], &number_, sizeof(number_));
        context_.reset(new grpc::ClientContext());
        stub_->async()->Throw(context_.get(), &ball_, &answer_, [this](grpc::Status status) { end(status); });
    }

private:
    void end(const grpc::Status &status)
    {
        if (is_over_->load(std::memory_order_relaxed)) {
            running_->fetch_sub(1);
            return;
        }
        if (!status.ok()) {
            std::fprintf(stderr, "grpc: %s\n", status.error_message().c_str());
            std::_Exit(1);
        }
        if (answer_.bytes() != ball_.bytes()) {
            std::fprintf(stderr, "grpc: other bytes came back\n");
            std::_Exit(1);
        }
        count_->fetch_add(1, std::memory_order_relaxed);
        number_ += 1000;
        ask();
    }

    Echo::Stub *stub_;
    uint32_t number_;
    std::atomic<long> *count_;
    std::atomic<bool> *is_over_;
    std::atomic<int> *running_;
    Ball ball_, answer_;
    std::unique_ptr<grpc::ClientContext> context_;
};

static int serve(const std::string &port)
{
    Service service;
    grpc::ServerBuilder builder;

    builder.AddListeningPort("127.0.0.1:" + port, grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr) {
        std::fprintf(stderr, "grpc: cannot listen on port %s\n", port.c_str());
        return 1;
    }
    server->Wait();
    return 0;
}

static int run_client(const std::string &place, double seconds, int calls)
{
    auto channel = grpc::CreateChannel(place, grpc::InsecureChannelCredentials());
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5))) {
        std::fprintf(stderr, "grpc: no connection\n");
        return 1;
    }
    std::unique_ptr<Echo::Stub> stub = Echo::NewStub(channel);
    std::atomic<long> count(0);
    std::atomic<bool> is_over(false);
    std::atomic<int> running(calls);
    std::vector<std::unique_ptr<Caller>> callers;

    for (int i = 0; i < calls; i++) {
        callers.emplace_back(new Caller(stub.get(), (uint32_t)i, &count, &is_over, &running));
        callers.back()->ask();
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 5));
    long before = count.load();
    auto start = std::chrono::steady_clock::now();
    long after = before;
    for (int i = 0; after == before && i < 10; i++) {
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        after = count.load();
    }
    double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    is_over = true;
    for (int i = 0; running.load() > 0; i++) {
        if (i >= kAnswerMillisecondsMax) {
            std::fprintf(stderr, "grpc: no answer\n");
            std::_Exit(1);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::printf("{\"benchmark\":\"parallel\",\"peer\":\"grpc\",\"row\":\"%d under way\",\"unit\":\"requests/s\","
                "\"value\":%.3f}\n", calls, (double)(after - before) / elapsed);
    return 0;
}

int main(int argc, char *argv[])
{
    if (argc == 3 && std::strcmp(argv[1], "server") == 0) {
        return serve(argv[2]);
    }
    if (argc == 6 && std::strcmp(argv[1], "client") == 0) {
        return run_client(std::string(argv[2]) + ":" + argv[3], std::atof(argv[4]), std::atoi(argv[5]));
    }
    std::fprintf(stderr, "usage: %s server PORT | client HOST PORT SECONDS CALLS\n", argv[0]);
    return 64;
}
