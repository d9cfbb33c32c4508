//! How much the program keeps, and what it does where it may have little.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::program;

/// `listen echo` as a person starts it, with what comes written to nowhere.
struct Listener {
    child: Child,
    address: SocketAddr,
}

impl Listener {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().parse().unwrap_or_else(|error| panic!("{error}: {line}"));
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, address }
    }

    /// Sends `length` bytes there and back.
    fn flood(&self, length: usize) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut sending = stream.try_clone().unwrap();
        thread::scope(|scope| {
            scope.spawn(move || {
                let piece = vec![b'x'; 1 << 20];
                for _ in 0..length >> 20 {
                    sending.write_all(&piece).unwrap();
                }
                sending.shutdown(Shutdown::Write).unwrap();
            });
            let (mut count, mut buffer) = (0, vec![0; 1 << 18]);
            while let length @ 1.. = stream.read(&mut buffer).unwrap() {
                count += length;
            }
            assert_eq!(count, length);
        });
    }

    /// Resident memory in KiB.
    fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nobody reads payloads, or has read them: no flood stays in memory.
#[test]
fn a_flood_that_nobody_looks_back_at_is_not_kept() {
    for more in [&[][..], &["--payload", "none"]] {
        let mut command = program();
        command.args(["listen", "echo", "--port", "0"]).args(more);
        let listener = Listener::start(command);
        listener.flood(8 << 20);
        let before = listener.resident();
        listener.flood(96 << 20);
        let after = listener.resident();
        assert!(after < before + (48 << 10), "{more:?}: {before} KiB before, {after} KiB after 96 MiB each way");
    }
}

/// An eighth of what there is: with 750 MB of address space it starts, works and ends in order.
#[test]
fn little_address_space_is_enough() {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 750000 && exec \"$0\" \"$@\""]).arg(program().get_program());
    command.args(["listen", "echo", "--port", "0"]).env("LC_ALL", "C.UTF-8");
    let mut listener = Listener::start(command);
    for _ in 0..3 {
        listener.flood(64 << 20);
    }
    kill_process(Pid::from_child(&listener.child), Signal::INT).unwrap();
    assert_eq!(listener.child.wait().unwrap().code(), Some(130));
}
