/* A program that connects in one particular way and prints what it saw. Compiled by the tests, dynamically and
 * statically. Rule: prints the same as it would on an instance, so that a line of output is a case. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_storage parsed;
static socklen_t parsed_length;

/* "4 ADDRESS PORT" or "6 ADDRESS PORT" */
static struct sockaddr *address(const char *text, int port) {
    memset(&parsed, 0, sizeof parsed);
    struct sockaddr_in *v4 = (void *)&parsed;
    struct sockaddr_in6 *v6 = (void *)&parsed;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        parsed_length = sizeof *v4;
    } else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        parsed_length = sizeof *v6;
    } else {
        fprintf(stderr, "no address: %s\n", text);
        exit(2);
    }
    return (struct sockaddr *)&parsed;
}

static void print_name(const char *what, struct sockaddr_storage *name) {
    char text[64] = "?";
    if (name->ss_family == AF_INET) {
        inet_ntop(AF_INET, &((struct sockaddr_in *)name)->sin_addr, text, sizeof text);
        printf("%s %s %d\n", what, text, ntohs(((struct sockaddr_in *)name)->sin_port));
    } else if (name->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)name)->sin6_addr, text, sizeof text);
        printf("%s %s %d\n", what, text, ntohs(((struct sockaddr_in6 *)name)->sin6_port));
    } else {
        printf("%s family %d\n", what, name->ss_family);
    }
}

static void print_peer(int fd) {
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    if (getpeername(fd, (struct sockaddr *)&name, &length)) {
        printf("peer %s\n", strerrorname_np(errno));
        return;
    }
    print_name("peer", &name);
}

static const char *outcome(long result) { return result < 0 ? strerrorname_np(errno) : "ok"; }

/* Asks once and prints the destination that the service saw. */
static void print_answer(int fd) {
    char text[512] = {0};
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    if (write(fd, "GET /bye\n", 9) != 9) {
        printf("write %s\n", strerrorname_np(errno));
        return;
    }
    size_t have = 0;
    ssize_t count;
    while (have < sizeof text - 1 && (count = read(fd, text + have, sizeof text - 1 - have)) > 0) have += count;
    char *body = strstr(text, "\r\n\r\n");
    if (!body) {
        printf("answer none\n");
        return;
    }
    int process = 0, thread = 0;
    char destination[80] = "";
    sscanf(body + 4, "%79s %d %d", destination, &process, &thread);
    printf("answer %s %s %s\n", destination, process == getpid() ? "process" : "stranger",
           thread == (int)syscall(SYS_gettid) ? "thread" : "other-thread");
}

static int tcp(int family, int flags) { return socket(family, SOCK_STREAM | flags, 0); }

static int family_of(const char *text) { return strchr(text, ':') ? AF_INET6 : AF_INET; }

static void plain(const char *to, int port, int type) {
    struct sockaddr *a = address(to, port);
    int fd = tcp(a->sa_family, type);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    print_peer(fd);
    print_answer(fd);
}

/* Everything that a careful event loop looks at, registered before it connects. */
static void event_loop(const char *to, int port) {
    struct sockaddr *a = address(to, port);
    int fd = tcp(a->sa_family, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int copy = dup(fd), loop = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    int ready;
    /* an unconnected socket is hung up, which the first round may still tell */
    do ready = epoll_wait(loop, &event, 1, 5000);
    while (ready == 1 && (event.events & EPOLLHUP) && !(event.events & EPOLLERR));
    printf("epoll %d %s\n", ready, event.events & EPOLLOUT ? "writable" : "not");
    int error = -1;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    printf("error %d\n", error);
    print_peer(copy);
    printf("flags %s %s\n", fcntl(fd, F_GETFL) & O_NONBLOCK ? "nonblocking" : "blocking",
           fcntl(fd, F_GETFD) & FD_CLOEXEC ? "cloexec" : "kept");
    int second = connect(fd, a, parsed_length), third = connect(fd, a, parsed_length);
    printf("again %s %s\n", second == 0 ? "ok" : "EISCONN", outcome(third));
    print_answer(copy);
}

/* Connects first and registers then, as most do. */
static void late_loop(const char *to, int port) {
    struct sockaddr *a = address(to, port);
    int fd = tcp(a->sa_family, SOCK_NONBLOCK | SOCK_CLOEXEC), loop = epoll_create1(0);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
    int ready = epoll_wait(loop, &event, 1, 5000), error = -1;
    printf("epoll %d %s\n", ready, event.events & EPOLLOUT ? "writable" : "not");
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    printf("error %d\n", error);
    print_peer(fd);
    printf("flags %s %s\n", fcntl(fd, F_GETFL) & O_NONBLOCK ? "nonblocking" : "blocking",
           fcntl(fd, F_GETFD) & FD_CLOEXEC ? "cloexec" : "kept");
    printf("again %s\n", outcome(connect(fd, a, parsed_length)));
    print_answer(fd);
}

static int number_option(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    getsockopt(fd, level, name, &value, &length);
    return value;
}

static void options(const char *to, int port) {
    struct sockaddr *a = address(to, port);
    int fd = tcp(a->sa_family, 0), one = 1, idle = 33;
    struct timeval receive = {.tv_sec = 7}, send = {.tv_sec = 9};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof send);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    socklen_t length = sizeof receive;
    getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, &length);
    length = sizeof send;
    getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, &length);
    printf("options %d %d %d %ld %ld\n", number_option(fd, IPPROTO_TCP, TCP_NODELAY),
           number_option(fd, SOL_SOCKET, SO_KEEPALIVE), number_option(fd, IPPROTO_TCP, TCP_KEEPIDLE),
           (long)receive.tv_sec, (long)send.tv_sec);
    print_answer(fd);
}

static void bound(const char *to, int port, const char *from, const char *device) {
    int fd = tcp(family_of(to), 0);
    struct sockaddr *a = address(from, 0);
    printf("bind %s\n", outcome(bind(fd, a, parsed_length)));
    if (device) printf("device %s\n", outcome(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device))));
    a = address(to, port);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    print_peer(fd);
    print_answer(fd);
}

/* A refused socket can be used again. */
static void refused(const char *to, int port, const char *then, int then_port) {
    int fd = tcp(family_of(to), 0);
    struct sockaddr *a = address(to, port);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    print_peer(fd);
    a = address(then, then_port);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    print_answer(fd);
}

static void disconnect(const char *to, int port) {
    struct sockaddr *a = address(to, port);
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    int fd = tcp(a->sa_family, 0);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    printf("disconnect %s\n", outcome(connect(fd, &none, sizeof none)));
    print_peer(fd);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    print_peer(fd);
    print_answer(fd);
}

static void fast_open(const char *to, int port, const char *how, int flags) {
    struct sockaddr *a = address(to, port);
    int fd = tcp(a->sa_family, flags);
    struct iovec parts[2] = {{.iov_base = "GET ", .iov_len = 4}, {.iov_base = "/bye\n", .iov_len = 5}};
    struct mmsghdr message = {.msg_hdr = {
                                  .msg_name = a, .msg_namelen = parsed_length, .msg_iov = parts, .msg_iovlen = 2}};
    long sent = -1;
    int one = 1;
    if (!strcmp(how, "sendto")) sent = sendto(fd, "GET /bye\n", 9, MSG_FASTOPEN | MSG_NOSIGNAL, a, parsed_length);
    if (!strcmp(how, "sendmsg")) sent = sendmsg(fd, &message.msg_hdr, MSG_FASTOPEN);
    if (!strcmp(how, "sendmmsg")) {
        sent = sendmmsg(fd, &message, 1, MSG_FASTOPEN);
        if (sent == 1) sent = message.msg_len;
    }
    if (!strcmp(how, "option")) {
        setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof one);
        printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
        sent = write(fd, "GET /bye\n", 9);
    }
    printf("sent %ld %s\n", sent, outcome(sent));
    print_peer(fd);
    char text[256] = {0};
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    poll(&wait, 1, 5000);
    ssize_t count = read(fd, text, sizeof text - 1);
    char *body = count > 0 ? strstr(text, "\r\n\r\n") : NULL;
    printf("answer %.18s\n", body ? body + 4 : "none");
}

/* Pointers and lengths that lead nowhere: one line for each, which must be the kernel's own. */
static void hostile(void) {
    struct sockaddr *a = address("127.0.0.1", 1);
    int lengths[] = {0, 1, 2, 8, 15, 17, 127, 128, 129, 1 << 20, -1, INT32_MIN};
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    void *pointers[] = {NULL, (void *)1, page + 4096, page + 4096 - 8, (void *)-1L, (void *)(1L << 62)};
    int fd = tcp(AF_INET, 0);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        printf("length %d %s\n", lengths[i], outcome(syscall(SYS_connect, fd, a, lengths[i])));
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
        printf("pointer %zu %s\n", i, outcome(syscall(SYS_connect, fd, pointers[i], 16)));
    int fds[] = {-1, 9999, 0, INT32_MIN};
    a = address("169.254.169.254", 80);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        printf("descriptor %d %s\n", fds[i], outcome(syscall(SYS_connect, fds[i], a, 16)));
    int v6 = tcp(AF_INET6, 0);
    printf("v4 address on v6 socket %s\n", outcome(syscall(SYS_connect, v6, a, 16)));
    a = address("fd00:ec2::254", 80);
    printf("v6 address on v4 socket %s\n", outcome(syscall(SYS_connect, fd, a, 28)));
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("v6 address on unix socket %s\n", outcome(syscall(SYS_connect, local, a, 28)));
}

static void peer_names(const char *to, int port) {
    struct sockaddr *a = address(to, port);
    int fd = tcp(a->sa_family, 0);
    printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
    int rooms[] = {0, 1, 4, 16, 64, -1};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        unsigned char name[64];
        memset(name, 0xee, sizeof name);
        int room = rooms[i];
        long said = syscall(SYS_getpeername, fd, name, &room);
        int written = 0;
        while (written < 64 && name[written] != 0xee) written++;
        printf("room %d %s %d %d\n", rooms[i], outcome(said), room, written);
    }
    int room = 16;
    printf("bad address %s\n", outcome(syscall(SYS_getpeername, fd, (void *)1, &room)));
    printf("bad length %s\n", outcome(syscall(SYS_getpeername, fd, &parsed, (void *)1)));
    struct sockaddr_in option = {0};
    socklen_t length = sizeof option;
    printf("option %s\n", outcome(getsockopt(fd, SOL_SOCKET, 28, &option, &length)));
    print_name("option", (void *)&option);
    length = 64;
    printf("option of 64 %s\n", outcome(getsockopt(fd, SOL_SOCKET, 28, &parsed, &length)));
    int other = tcp(AF_INET, 0);
    print_peer(other);
}

struct work {
    const char *to;
    int port, times, failures;
};

static void *connect_often(void *argument) {
    struct work *work = argument;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(work->port)};
    inet_pton(AF_INET, work->to, &a.sin_addr);
    for (int i = 0; i < work->times; i++) {
        int fd = tcp(AF_INET, i % 2 ? SOCK_NONBLOCK : 0);
        if (connect(fd, (void *)&a, sizeof a) && errno != EINPROGRESS) work->failures++;
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        if (poll(&wait, 1, 10000) != 1) work->failures++;
        fcntl(fd, F_SETFL, 0);
        char text[256] = {0}, expected[80];
        if (write(fd, "GET /bye\n", 9) != 9) work->failures++;
        if (read(fd, text, sizeof text - 1) <= 0) work->failures++;
        snprintf(expected, sizeof expected, "%s:%d %d %d\n", work->to, work->port, getpid(), (int)syscall(SYS_gettid));
        if (!strstr(text, expected)) work->failures++;
        close(fd);
    }
    return NULL;
}

static void threads(const char *to, int port, int count, int times) {
    pthread_t thread[256];
    struct work work[256];
    int failures = 0;
    for (int i = 0; i < count; i++) {
        work[i] = (struct work){.to = to, .port = port, .times = times};
        pthread_create(&thread[i], NULL, connect_often, &work[i]);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(thread[i], NULL);
        failures += work[i].failures;
    }
    printf("threads %d failures %d\n", count, failures);
}

static void children(const char *to, int port, int count) {
    int failures = 0, status;
    for (int i = 0; i < count; i++)
        if (fork() == 0) {
            struct work work = {.to = to, .port = port, .times = 3};
            connect_often(&work);
            _exit(work.failures ? 1 : 0);
        }
    for (int i = 0; i < count; i++)
        if (wait(&status) < 0 || status != 0) failures++;
    printf("children %d failures %d\n", count, failures);
}

static volatile int handled;
static void handler(int signal) { handled += signal != 0; }

/* Signals as often as the kernel sends them, as runtimes that preempt by signal do. */
static void storm(const char *to, int port, int restart) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = restart ? SA_RESTART : 0};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval often = {.it_interval = {.tv_usec = 50}, .it_value = {.tv_usec = 50}};
    setitimer(ITIMER_REAL, &often, NULL);
    struct sockaddr *a = address(to, port);
    int failures = 0;
    for (int i = 0; i < 300; i++) {
        int fd = tcp(a->sa_family, 0);
        if (connect(fd, a, parsed_length)) {
            int said = errno;
            while (said == EINTR && !restart) said = connect(fd, a, parsed_length) ? errno : EISCONN;
            if (said != EISCONN || restart) failures++;
        }
        struct sockaddr_storage name;
        socklen_t length = sizeof name;
        while (getpeername(fd, (void *)&name, &length))
            if (errno != EINTR || restart) {
                failures++;
                break;
            }
        close(fd);
    }
    printf("storm failures %d handled %s\n", failures, handled > 10 ? "many" : "few");
}

/* As above, for sends that connect: what is sent once arrives once. */
static void fast_open_storm(const char *to, int port) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval often = {.it_interval = {.tv_usec = 50}, .it_value = {.tv_usec = 50}}, never = {0};
    struct sockaddr *a = address(to, port);
    int failures = 0;
    for (int i = 0; i < 300; i++) {
        int fd = tcp(a->sa_family, 0);
        setitimer(ITIMER_REAL, &often, NULL);
        if (sendto(fd, "GET /\n", 6, MSG_FASTOPEN, a, parsed_length) != 6) failures++;
        setitimer(ITIMER_REAL, &never, NULL);
        if (write(fd, "GET /bye\n", 9) != 9) failures++;
        int answers = 0;
        char text[4096] = {0};
        size_t length = 0;
        ssize_t count;
        while ((count = read(fd, text + length, sizeof text - 1 - length)) > 0) length += (size_t)count;
        for (char *at = text; (at = strstr(at, "HTTP/1.1")); at++) answers++;
        if (answers != 2) failures++;
        close(fd);
    }
    printf("storm failures %d handled %s\n", failures, handled > 10 ? "many" : "few");
}

/* Addressed sends and connections of datagrams, and whether they arrive. */
static void datagrams(const char *to, int port) {
    int inbox = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    bind(inbox, (void *)&here, sizeof here);
    getsockname(inbox, (void *)&here, &length);
    struct timeval patience = {.tv_sec = 2};
    setsockopt(inbox, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct sockaddr *a = address(to, port);
    struct iovec parts[2] = {{.iov_base = "ab", .iov_len = 2}, {.iov_base = "cd", .iov_len = 2}};
    struct in_pktinfo info = {0};
    union {
        char bytes[CMSG_SPACE(sizeof info)];
        struct cmsghdr head;
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO}};
    struct msghdr away = {.msg_name = a, .msg_namelen = parsed_length, .msg_iov = parts, .msg_iovlen = 2};
    struct msghdr near = {.msg_name = &here, .msg_namelen = sizeof here, .msg_iov = parts, .msg_iovlen = 2,
                          .msg_control = &control, .msg_controllen = sizeof control};
    struct mmsghdr both[3] = {{.msg_hdr = near}, {.msg_hdr = near}, {.msg_hdr = away}};
    struct mmsghdr first[1] = {{.msg_hdr = away}};
    printf("sendto away %s\n", outcome(sendto(fd, "x", 1, 0, a, parsed_length)));
    printf("sendmsg away %s\n", outcome(sendmsg(fd, &away, 0)));
    printf("sendmmsg away %s\n", outcome(sendmmsg(fd, first, 1, 0)));
    struct sockaddr_in *nameless = (void *)a;
    nameless->sin_family = AF_UNSPEC;
    printf("nameless away %s\n", outcome(sendto(fd, "x", 1, 0, a, parsed_length)));
    nameless->sin_family = AF_INET;
    char text[16] = {0};
    printf("sendto near %ld\n", (long)sendto(fd, "hello", 5, 0, (void *)&here, sizeof here));
    printf("got %ld\n", (long)recv(inbox, text, sizeof text, 0));
    printf("sendmsg near %ld\n", (long)sendmsg(fd, &near, 0));
    printf("got %ld %.4s\n", (long)recv(inbox, text, sizeof text, 0), text);
    int sent = sendmmsg(fd, both, 3, 0);
    printf("sendmmsg mixed %d %d %d\n", sent, both[0].msg_len, both[1].msg_len);
    printf("got %ld", (long)recv(inbox, text, sizeof text, 0));
    printf(" %ld\n", (long)recv(inbox, text, sizeof text, 0));
    printf("connect near %s\n", outcome(connect(fd, (void *)&here, sizeof here)));
    printf("send %ld", (long)send(fd, "abc", 3, 0));
    printf(" got %ld\n", (long)recv(inbox, text, sizeof text, 0));
    struct msghdr unnamed = {.msg_iov = parts, .msg_iovlen = 2};
    printf("sendmsg unnamed %ld", (long)sendmsg(fd, &unnamed, 0));
    printf(" got %ld\n", (long)recv(inbox, text, sizeof text, 0));
    length = sizeof here;
    printf("peer %s\n", getpeername(fd, (void *)&here, &length) ? "none" : inet_ntoa(here.sin_addr));
    printf("connect away %s\n", outcome(connect(fd, a, parsed_length)));
    printf("too long %s\n", outcome(sendto(fd, text, 1 << 20, 0, (void *)&here, sizeof here)));
}

/* Descriptors still travel between processes, by stream and by datagram. */
static void descriptors(void) {
    int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (int i = 0; i < 3; i++) {
        int pair[2], through[2];
        socketpair(AF_UNIX, kinds[i], 0, pair);
        if (pipe(through)) exit(3);
        union {
            char bytes[CMSG_SPACE(sizeof(int))];
            struct cmsghdr head;
        } control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
        memcpy(CMSG_DATA(&control.head), &through[1], sizeof(int));
        char letter = 'x';
        struct iovec part = {.iov_base = &letter, .iov_len = 1};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                                 .msg_controllen = sizeof control};
        printf("sendmsg %s\n", outcome(sendmsg(pair[0], &message, 0)));
        printf("recvmsg %s\n", outcome(recvmsg(pair[1], &message, 0)));
        int received;
        memcpy(&received, CMSG_DATA(&control.head), sizeof(int));
        char byte;
        printf("write %ld", (long)write(received, "y", 1));
        printf(" read %ld\n", (long)read(through[0], &byte, 1));
    }
}

/* A server and a client of its own on loopback: what is not link-local is not touched. */
static void own_server(int flags) {
    int listener = tcp(AF_INET, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    bind(listener, (void *)&here, sizeof here);
    listen(listener, 5);
    getsockname(listener, (void *)&here, &length);
    int fd = tcp(AF_INET, flags);
    printf("connect %s\n", outcome(connect(fd, (void *)&here, sizeof here)));
    int far = accept(listener, NULL, NULL);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    poll(&wait, 1, 5000);
    struct sockaddr_in name;
    length = sizeof name;
    printf("getpeername %s", outcome(getpeername(fd, (void *)&name, &length)));
    printf(" %s\n", name.sin_port == here.sin_port ? "same" : "other");
    printf("sendto %ld\n", (long)sendto(fd, "abc", 3, 0, (void *)&here, sizeof here));
    struct iovec part = {.iov_base = "de", .iov_len = 2};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    printf("sendmsg %ld\n", (long)sendmsg(fd, &message, 0));
    char text[8];
    size_t have = 0;
    while (have < 5) have += read(far, text + have, sizeof text - have);
    printf("got %.5s\n", text);
    close(listener);
    int other = tcp(AF_INET, 0);
    printf("closed %s\n", outcome(connect(other, (void *)&here, sizeof here)));
    printf("again %s\n", outcome(connect(fd, (void *)&here, sizeof here)));
}

/* A connection that waits, and a signal meanwhile: the caller is heard though it waits in our hands. With a limit on the
 * waiting it hears of the signal, without one it waits on until somebody makes room. */
static int room[2];
static void make_room(int signal) {
    handled += signal != 0;
    if (write(room[1], "!", 1) != 1) _exit(3);
}

static void waiting(int restart) {
    int listener = tcp(AF_INET, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    bind(listener, (void *)&here, sizeof here);
    listen(listener, 0);
    getsockname(listener, (void *)&here, &length);
    /* fills the queue, so that the next one waits */
    for (int i = 0; i < 4; i++) connect(tcp(AF_INET, SOCK_NONBLOCK), (void *)&here, sizeof here);
    if (pipe(room)) exit(3);
    pid_t host = fork();
    if (host == 0) {
        char byte;
        close(room[1]);
        if (read(room[0], &byte, 1) != 1) _exit(1);
        for (;;) accept(listener, NULL, NULL);
    }
    int fd = tcp(AF_INET, 0);
    struct sigaction action = {.sa_handler = make_room, .sa_flags = restart ? SA_RESTART : 0};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval once = {.it_value = {.tv_usec = 100000}};
    struct timeval patience = {.tv_sec = 10};
    if (!restart) setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setitimer(ITIMER_REAL, &once, NULL);
    printf("connect %s\n", outcome(connect(fd, (void *)&here, sizeof here)));
    printf("handled %d\n", handled);
    kill(host, SIGKILL);
    wait(NULL);
    patience.tv_sec = 0, patience.tv_usec = 100000;
    int late = tcp(AF_INET, 0);
    setsockopt(late, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    for (int i = 0; i < 4; i++) connect(tcp(AF_INET, SOCK_NONBLOCK), (void *)&here, sizeof here);
    printf("impatient %s\n", outcome(connect(late, (void *)&here, sizeof here)));
    length = sizeof patience;
    getsockopt(late, SOL_SOCKET, SO_SNDTIMEO, &patience, &length);
    printf("patience %ld\n", (long)patience.tv_usec);
}

static void rings(void) {
    char parameters[256] = {0};
    printf("io_uring_setup %s\n", outcome(syscall(425, 8, parameters)));
}

#ifdef __x86_64__
static long int_0x80(long number, long a, long b, long c, long d, long e, long f) {
    (void)f;
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

/* What became of an x32 connection. Most kernels are built without these calls: the filter sees them all the same, and
   the kernel's word, which comes last, is that there is no such call. */
static const char *x32(long said) {
    int lacks = said < 0 && errno == ENOSYS && syscall(0x40000000 + 39) < 0;
    return lacks ? "ok" : outcome(said);
}

/* The other doors into the kernel, taken from a 64-bit program: memory below 4 GiB serves all of them. */
static void doors(void) {
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    memcpy(low, address("169.254.169.254", 80), 16);
    int fd = tcp(AF_INET, 0);
    printf("i386 connect %ld\n", int_0x80(362, fd, (long)low, 16, 0, 0, 0));
    print_peer(fd);
    print_answer(fd);
    uint32_t *name = (void *)(low + 64), *length = (void *)(low + 60);
    *length = 16;
    fd = tcp(AF_INET, 0);
    uint32_t *words = (void *)(low + 128);
    words[0] = fd, words[1] = (uint32_t)(long)low, words[2] = 16;
    printf("socketcall connect %ld\n", int_0x80(102, 3, (long)words, 0, 0, 0, 0));
    words[1] = (uint32_t)(long)name, words[2] = (uint32_t)(long)length;
    printf("socketcall getpeername %ld", int_0x80(102, 7, (long)words, 0, 0, 0, 0));
    printf(" %d %08x\n", *length, ntohl(name[1]));
    printf("i386 getpeername %ld", int_0x80(368, fd, (long)name, (long)length, 0, 0, 0));
    printf(" %d %08x\n", *length, ntohl(name[1]));
    print_answer(fd);
    fd = tcp(AF_INET, 0);
    strcpy(low + 256, "GET /bye\n");
    uint32_t vector[] = {(uint32_t)(long)(low + 256), 9};
    memcpy(low + 280, vector, 8);
    uint32_t head[] = {(uint32_t)(long)low, 16, (uint32_t)(long)(low + 280), 1, 0, 0, 0};
    memcpy(low + 300, head, 28);
    printf("i386 sendmsg %ld\n", int_0x80(370, fd, (long)(low + 300), MSG_FASTOPEN, 0, 0, 0));
    print_peer(fd);
    fd = tcp(AF_INET, 0);
    printf("x32 connect %s\n", x32(syscall(0x40000000 + 42, fd, low, 16)));
    print_peer(fd);
    print_answer(fd);
    printf("i386 io_uring_setup %ld\n", int_0x80(425, 8, (long)low + 512, 0, 0, 0, 0));
}

/* The same doors to where nobody may go. */
static void doors_away(void) {
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    memcpy(low, address("169.254.7.7", 80), 16);
    int fd = tcp(AF_INET, 0), datagram = socket(AF_INET, SOCK_DGRAM, 0);
    printf("i386 connect %ld\n", int_0x80(362, fd, (long)low, 16, 0, 0, 0));
    uint32_t *words = (void *)(low + 128);
    words[0] = fd, words[1] = (uint32_t)(long)low, words[2] = 16;
    printf("socketcall connect %ld\n", int_0x80(102, 3, (long)words, 0, 0, 0, 0));
    uint32_t to[] = {datagram, (uint32_t)(long)(low + 256), 4, 0, (uint32_t)(long)low, 16};
    memcpy(words, to, sizeof to);
    printf("socketcall sendto %ld\n", int_0x80(102, 11, (long)words, 0, 0, 0, 0));
    uint32_t vector[] = {(uint32_t)(long)(low + 256), 4};
    memcpy(low + 280, vector, 8);
    uint32_t head[] = {(uint32_t)(long)low, 16, (uint32_t)(long)(low + 280), 1, 0, 0, 0};
    memcpy(low + 300, head, 28);
    printf("i386 sendmsg %ld\n", int_0x80(370, datagram, (long)(low + 300), 0, 0, 0, 0));
    words[0] = datagram, words[1] = (uint32_t)(long)(low + 300), words[2] = 0;
    printf("socketcall sendmsg %ld\n", int_0x80(102, 16, (long)words, 0, 0, 0, 0));
    printf("i386 sendmmsg %ld\n", int_0x80(345, datagram, (long)(low + 300), 1, 0, 0, 0));
    printf("x32 connect %s\n", outcome(syscall(0x40000000 + 42, fd, low, 16)));
}
#else
static void doors(void) { exit(4); }
static void doors_away(void) { exit(4); }
#endif

/* A daemon by the book; its starter is long gone when it connects. */
static void daemon_by_the_book(const char *to, int port) {
    int go[2];
    if (pipe(go)) exit(3);
    if (fork() != 0) {
        /* the grandchild goes on when this process has ended: the pipe closes then */
        _exit(5);
    }
    setsid();
    if (fork() != 0) _exit(0);
    close(go[1]);
    char byte;
    if (read(go[0], &byte, 1) != 0) _exit(1);
    plain(to, port, 0);
    fflush(stdout);
    _exit(9);
}

static struct sockaddr_in *swapped;
static uint32_t swap_one, swap_two;
static volatile int swap_over;

static void *swap_address(void *nothing) {
    volatile uint32_t *place = &swapped->sin_addr.s_addr;
    while (!swap_over) *place = swap_one, *place = swap_two;
    return nothing;
}

/* Connects datagram sockets to an address that another thread rewrites, and counts those that reached the second. */
static void rewriting(const char *away, int port, int times) {
    struct sockaddr_in shared = {.sin_family = AF_INET, .sin_port = htons(port)};
    swapped = &shared;
    inet_pton(AF_INET, "127.0.0.1", &swap_one);
    inet_pton(AF_INET, away, &swap_two);
    pthread_t thread;
    pthread_create(&thread, NULL, swap_address, NULL);
    int reached = 0;
    for (int i = 0; i < times; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        if (connect(fd, (void *)&shared, sizeof shared) == 0 && getpeername(fd, (void *)&peer, &length) == 0 &&
            peer.sin_addr.s_addr == swap_two)
            reached++;
        close(fd);
    }
    swap_over = 1;
    pthread_join(thread, NULL);
    printf("reached %d\n", reached);
}

static uint64_t random_state;
static uint64_t random_number(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void *random_calls(void *page_and_count) {
    char *page = ((void **)page_and_count)[0];
    long count = (long)((void **)page_and_count)[1];
    const long calls[] = {SYS_connect, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_getpeername, SYS_getsockopt, SYS_socket,
                          SYS_close, SYS_dup2, 425};
    for (long i = 0; i < count; i++) {
        long arguments[6];
        for (int j = 0; j < 6; j++) {
            switch (random_number() % 6) {
            case 0: arguments[j] = (long)random_number(); break;
            case 1: arguments[j] = (long)(page + random_number() % 8192); break;
            case 2: arguments[j] = (long)(random_number() % 300) - 20; break;
            case 3: arguments[j] = 1L << (random_number() % 64); break;
            case 4: arguments[j] = 0; break;
            default: arguments[j] = 16; break;
            }
        }
        uint64_t pick = random_number() % 40;
        long call = calls[pick < 10 ? pick : pick % 6];
        arguments[0] = 20 + (long)(random_number() % 24) - (random_number() % 50 == 0 ? 40 : 0);
        if (call == SYS_dup2 || call == SYS_close) {
            arguments[0] = 20 + (long)(random_number() % 20);
            arguments[1] = 20 + (long)(random_number() % 20);
        }
        if (call == SYS_socket) {
            const long families[] = {AF_INET, AF_INET6, AF_UNIX};
            arguments[0] = families[random_number() % 3];
            arguments[1] = (random_number() % 2 ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK;
            arguments[2] = 0;
        }
        if (call == SYS_sendto || call == SYS_sendmsg || call == SYS_sendmmsg) {
            int flags = call == SYS_sendmsg ? 2 : 3;
            arguments[flags] = (random_number() % 2 ? MSG_FASTOPEN : 0) | MSG_NOSIGNAL | MSG_DONTWAIT;
        }
        if (random_number() % 2) arguments[1] = (long)(page + 16 * (random_number() % 16));
        long result = syscall(call, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
        if (call == SYS_socket && result > 60) close((int)result);
        /* structures that are nearly right, and change under the reader */
        uint32_t *word = (void *)(page + 4 * (random_number() % 2048));
        const uint32_t words[] = {0x50000002, 0x50000002, 0xfea9fea9, 0xfea9fea9, 0x5000000a, 16, 28, 0, 0x7fffffff};
        *word = words[random_number() % 9];
    }
    return NULL;
}

/* Random calls with random arguments from several threads, over memory that ends, with children that are killed. */
static void fuzz(uint64_t seed, long count) {
    random_state = seed * 2654435761u + 88172645463325252u;
    char *page = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 8192, 8192);
    for (uint64_t i = 0; i < 2048; i++) ((uint32_t *)page)[i] = (uint32_t)random_number();
    for (int i = 0; i < 256; i += 16) memcpy(page + i, address("169.254.169.254", 80), 16);
    for (int fd = 20; fd < 40; fd++) {
        int new = socket(fd % 3 ? AF_INET : AF_INET6, (fd % 2 ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
        dup2(new, fd);
        close(new);
    }
    int devnull = open("/dev/null", O_RDWR);
    dup2(devnull, 0);
    void *argument[2] = {page, (void *)count};
    pid_t victim = fork();
    if (victim == 0) {
        random_state ^= 0x5555;
        for (;;) random_calls(argument);
    }
    pthread_t thread[3];
    for (int i = 0; i < 3; i++) pthread_create(&thread[i], NULL, random_calls, argument);
    for (int i = 0; i < 3; i++) pthread_join(thread[i], NULL);
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
    printf("survived\n");
}

/* Nanoseconds per connection and answer to one byte: to the far end of the supervisor, and to a thread of our own. */
static double seconds(void) {
    struct timeval now;
    gettimeofday(&now, NULL);
    return now.tv_sec + now.tv_usec / 1e6;
}

static void *echo_server(void *listener) {
    for (;;) {
        int fd = accept((int)(long)listener, NULL, NULL);
        if (fd < 0) return NULL;
        close(fd);
    }
}

static double rounds(struct sockaddr_in *a, int count) {
    double start = seconds();
    for (int i = 0; i < count; i++) {
        int fd = tcp(AF_INET, 0);
        if (connect(fd, (void *)a, sizeof *a)) printf("connect %s\n", strerrorname_np(errno));
        close(fd);
    }
    return (seconds() - start) * 1e6 / count;
}

static int by_size(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

static void bench(const char *to, int port) {
    int listener = tcp(AF_INET, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, served;
    socklen_t length = sizeof here;
    bind(listener, (void *)&here, sizeof here);
    listen(listener, 128);
    getsockname(listener, (void *)&here, &length);
    memcpy(&served, address(to, port), sizeof served);
    pthread_t server;
    pthread_create(&server, NULL, echo_server, (void *)(long)listener);
    double direct[21], through[21];
    for (int i = 0; i < 21; i++) {
        direct[i] = rounds(&here, 200);
        through[i] = rounds(&served, 200);
    }
    qsort(direct, 21, sizeof *direct, by_size);
    qsort(through, 21, sizeof *through, by_size);
    printf("direct %.1f us, served %.1f us, more %.1f us (medians of 21 rounds of 200)\n", direct[10], through[10],
           through[10] - direct[10]);
}

int main(int count, char **argument) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *what = count > 1 ? argument[1] : "", *to = count > 2 ? argument[2] : "169.254.169.254";
    int port = count > 3 ? atoi(argument[3]) : 80;
    const char *fourth = count > 4 ? argument[4] : NULL, *fifth = count > 5 ? argument[5] : NULL;
    if (!strcmp(what, "plain")) plain(to, port, 0);
    else if (!strcmp(what, "multipath")) {
        struct sockaddr *a = address(to, port);
        int fd = socket(a->sa_family, SOCK_STREAM, 262);
        printf("connect %s\n", outcome(connect(fd, a, parsed_length)));
        print_peer(fd);
        print_answer(fd);
    } else if (!strcmp(what, "event-loop")) event_loop(to, port);
    else if (!strcmp(what, "late-loop")) late_loop(to, port);
    else if (!strcmp(what, "options")) options(to, port);
    else if (!strcmp(what, "bound")) bound(to, port, fourth, fifth);
    else if (!strcmp(what, "refused")) refused(to, port, fourth, atoi(fifth));
    else if (!strcmp(what, "disconnect")) disconnect(to, port);
    else if (!strcmp(what, "fast-open")) fast_open(to, port, fourth, fifth ? SOCK_NONBLOCK : 0);
    else if (!strcmp(what, "hostile")) hostile();
    else if (!strcmp(what, "peer-names")) peer_names(to, port);
    else if (!strcmp(what, "threads")) threads(to, port, atoi(fourth), atoi(fifth));
    else if (!strcmp(what, "children")) children(to, port, atoi(fourth));
    else if (!strcmp(what, "storm")) storm(to, port, fourth != NULL);
    else if (!strcmp(what, "fast-open-storm")) fast_open_storm(to, port);
    else if (!strcmp(what, "datagrams")) datagrams(to, port);
    else if (!strcmp(what, "descriptors")) descriptors();
    else if (!strcmp(what, "own-server")) own_server(fourth ? SOCK_NONBLOCK : 0);
    else if (!strcmp(what, "waiting")) waiting(fourth != NULL);
    else if (!strcmp(what, "rings")) rings();
    else if (!strcmp(what, "doors")) doors();
    else if (!strcmp(what, "doors-away")) doors_away();
    else if (!strcmp(what, "daemon")) daemon_by_the_book(to, port);
    else if (!strcmp(what, "fuzz")) fuzz(strtoull(to, NULL, 10), port);
    else if (!strcmp(what, "rewriting")) rewriting(to, port, atoi(fourth));
    else if (!strcmp(what, "bench")) bench(to, port);
    else return 2;
    return 0;
}
