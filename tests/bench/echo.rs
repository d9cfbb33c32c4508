//! Echo on loopback: ours with the journal on, beside a bare tokio echo and socat doing the same work in the same run.
//!
//! `cargo bench --bench echo [-- SECONDS]`; every figure is the median of alternating rounds, because machines are
//! noisy. The client is the same for all: blocking std sockets.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark ends where it cannot go on"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use socketlab::{
    engine::{self, Engine, Notice},
    journal::Budget,
    model::{ListenConfig, SessionId},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ROUNDS: usize = 7;

fn main() {
    // `cargo bench` adds `--bench`; a number is the length of a round.
    let seconds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1.0);
    let round = Duration::from_secs_f64(seconds);
    // As a person starts them: the receive size is nobody's choice and grows by itself.
    let (_engine, ours) = ours();
    let (_runtime, bare) = bare();
    let socat = Socat::start();
    let mut servers = vec![("socketlab", ours), ("bare tokio", bare)];
    let plain = CommandLine::start(&[]);
    let quiet = CommandLine::start(&["--payload", "none"]);
    servers.push(("listen", plain.address));
    servers.push(("… none", quiet.address));
    match &socat {
        Some(socat) => servers.push(("socat -b4k", socat.address)),
        None => println!("socat is not installed: that column is missing"),
    }
    table("bulk, 64 KiB writes, 1 connection", "MB/s", &servers, |address| bulk(address, round));
    table("round trips of 64 B, 1 connection", "1/s", &servers, |address| trips(address, 1, round));
    table("round trips of 64 B, 100 connections", "1/s", &servers, |address| trips(address, 100, round));
}

/// Measures every server in turn, several times, and prints medians and their ratio to the bare one.
fn table(title: &str, unit: &str, servers: &[(&str, SocketAddr)], measure: impl Fn(SocketAddr) -> f64) {
    let mut figures = vec![Vec::new(); servers.len()];
    for _ in 0..ROUNDS {
        for ((_, address), figures) in servers.iter().zip(&mut figures) {
            figures.push(measure(*address));
        }
    }
    // The ratio is taken round by round: neighbours in time share the machine's mood.
    let ratio = |index: usize| median(figures[index].iter().zip(&figures[1]).map(|(one, bare)| one / bare).collect());
    println!("{title}");
    for (index, (name, _)) in servers.iter().enumerate() {
        println!("  {name:<11} {:>10.0} {unit}   {:.2} of bare tokio", median(figures[index].clone()), ratio(index));
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Our engine as the window runs it, journal on.
fn ours() -> (Engine, SocketAddr) {
    let (engine, mut notices) = Engine::start(Budget::default(), || {}).expect("engine");
    let config = ListenConfig { port: 0, ..Default::default() };
    engine.send(engine::Command::Listen { session: SessionId(1), config }).expect("listen");
    let Some(Notice::Listening { local, .. }) = notices.blocking_recv() else { panic!("not listening") };
    thread::spawn(move || while notices.blocking_recv().is_some() {});
    (engine, local.inet().expect("address"))
}

/// The echo server of tokio's documentation, with a buffer of the same size.
fn bare() -> (tokio::runtime::Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    listener.set_nonblocking(true).expect("nonblocking");
    let address = listener.local_addr().expect("address");
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("listener");
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                let mut buffer = vec![0; 65_536];
                while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                    if stream.write_all(&buffer[..length]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (runtime, address)
}

/// `socketlab listen echo` with what comes written to nowhere, as a script would run it.
struct CommandLine {
    child: Child,
    address: SocketAddr,
}

impl CommandLine {
    fn start(more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_socketlab"))
            .args(["listen", "echo", "--port", "0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("socketlab");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("first line");
        let address = line.trim().rsplit(' ').next().and_then(|word| word.parse().ok()).expect("address");
        thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, address }
    }
}

impl Drop for CommandLine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// With larger blocks than 4 KiB it can block on its own full pipe for good when both directions are busy.
struct Socat {
    child: Child,
    address: SocketAddr,
}

impl Socat {
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let listen = format!("TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,nodelay,backlog=256");
        let child = Command::new("socat").args(["-b4096", &listen, "PIPE"]).stderr(Stdio::null()).spawn().ok()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let deadline = Instant::now() + Duration::from_secs(5);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "socat did not start");
            thread::sleep(Duration::from_millis(20));
        }
        Some(Self { child, address })
    }
}

impl Drop for Socat {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Megabytes echoed a second: one thread writes, one reads.
fn bulk(address: SocketAddr, round: Duration) -> f64 {
    let mut reader = TcpStream::connect(address).expect("connect");
    let mut writer = reader.try_clone().expect("clone");
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    let writing = thread::spawn(move || {
        let piece = vec![b'x'; 65_536];
        while !stopping.load(Ordering::Relaxed) {
            writer.write_all(&piece).expect("write");
        }
        let _ = writer.shutdown(std::net::Shutdown::Write);
    });
    let mut buffer = vec![0; 1 << 18];
    let started = Instant::now();
    let mut total = 0;
    while started.elapsed() < round {
        total += reader.read(&mut buffer).expect("read");
    }
    let seconds = started.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    while matches!(reader.read(&mut buffer), Ok(1..)) {}
    writing.join().expect("writer");
    total as f64 / 1e6 / seconds
}

/// Messages sent and received back a second, all connections together; the client is one tokio thread, so that it takes
/// as little of the machine as it can.
fn trips(address: SocketAddr, connections: usize, round: Duration) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let done = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&done);
    let seconds = runtime.block_on(async move {
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = tokio::net::TcpStream::connect(address).await.expect("connect");
            stream.set_nodelay(true).expect("nodelay");
            streams.push(stream);
        }
        let started = Instant::now();
        let tasks: Vec<_> = streams
            .into_iter()
            .map(|mut stream| {
                let counted = Arc::clone(&counted);
                tokio::spawn(async move {
                    let mut message = [b'x'; 64];
                    while started.elapsed() < round {
                        stream.write_all(&message).await.expect("write");
                        stream.read_exact(&mut message).await.expect("read");
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("task");
        }
        started.elapsed().as_secs_f64()
    });
    done.load(Ordering::Relaxed) as f64 / seconds
}
