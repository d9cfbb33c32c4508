//! Standard streams and files that take nothing, or take it late: what is to be written is written or said to be missing,
//! and sockets go on.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    fs::{CWD, FileType, Mode, mknodat},
    process::{Pid, Signal, kill_process},
};
use serde_json::Value;

use crate::{
    common::{PATIENCE, Program, patient, poll, program, rest, serve, take},
    journal::unread,
};

/// Far more than any pause of a busy machine, far less than the end of a test.
const SOON: Duration = Duration::from_secs(10);

fn pipe_at(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

fn ended(child: &mut Child) -> Option<i32> {
    poll("the end of the program", || child.try_wait().unwrap()).code()
}

/// Echoes a byte over a connection of its own.
fn exchange(address: &str) -> bool {
    let Ok(stream) = TcpStream::connect(address) else { return false };
    let mut stream = patient(stream);
    stream.write_all(b"x").is_ok() && stream.read_exact(&mut [0]).is_ok()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_at_once_and_is_the_exit_code_while_callers_are_served() {
    let listener = Program::listen(&["echo", "--log-file", "/dev/full"]);
    let address = listener.name().to_owned();
    for number in 0..100 {
        assert!(exchange(&address), "caller {number} is served");
    }
    listener.complained("not every record is in /dev/full");
    assert!(exchange(&address), "and so is one who comes after that was said");
    listener.signal(Signal::INT);
    let ended = listener.end();
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
    assert_eq!(ended.errors.matches("not every record").count(), 1, "{}", ended.errors);
    let events = ended.events();
    assert_eq!(events.iter().filter(|event| event["event"] == "accepted").count(), 101, "standard output has them all");
}

#[test]
fn a_reader_of_records_that_goes_away_is_noticed_while_callers_come() {
    let (mut child, out, address) = unread(&[], Stdio::piped());
    drop(out);
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() && began.elapsed() < SOON {
        exchange(&address);
    }
    assert_eq!(ended(&mut child), Some(1));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("whoever read standard output has gone"), "{said}");
}

#[test]
fn a_standard_error_that_nobody_reads_stops_nothing_and_one_signal_ends_it() {
    const CALLERS: usize = 3000;
    let mut child = program()
        .args(["listen", "echo", "--port", "0", "--payload", "none"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The rest of what it says stays in the pipe, which fills up: two lines for each caller.
    let mut errors = child.stderr.take().unwrap();
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        line.extend(take(&mut errors, 1));
    }
    let address = String::from_utf8(line).unwrap();
    let address = address.trim().rsplit(' ').next().unwrap();
    for number in 0..CALLERS {
        assert!(exchange(address), "caller {number} was not served");
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let began = Instant::now();
    assert_eq!(ended(&mut child), Some(143));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[test]
fn records_wait_for_a_late_reader_but_not_for_ever_after_a_signal() {
    let mut child = program()
        .args(["listen", "discard", "--port", "0", "--json", "--recv-size", "1024"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        line.extend(take(&mut out, 1));
    }
    let first: Value = serde_json::from_slice(&line).unwrap();
    let mut caller = patient(TcpStream::connect(first["local"].as_str().unwrap()).unwrap());
    caller.write_all(&vec![b'x'; 1 << 20]).unwrap();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let began = Instant::now();
    assert_eq!(ended(&mut child), Some(1), "records are missing");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let said = String::from_utf8(rest(&mut child.stderr.take().unwrap())).unwrap();
    assert!(said.contains("nobody reads standard output"), "{said}");
}

#[test]
fn a_time_limit_of_a_request_holds_for_whoever_reads_its_body() {
    let (address, server) = serve(|mut caller| {
        let mut head = [0; 1024];
        let _ = caller.read(&mut head);
        let _ = caller.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n");
        // Until the client has gone.
        while caller.write_all(&vec![b'x'; 65_536]).is_ok() {}
    });
    let url = format!("http://{address}/");
    let mut child = program()
        .args(["get", &url, "--timeout", "1", "--max", "1G"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    assert_eq!(ended(&mut child), Some(1));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    server.join().unwrap();
}

#[test]
fn a_log_is_appended_to_and_two_writers_do_not_mix_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    fs::write(&path, "{\"kept\":1}\n").unwrap();
    let writers: Vec<_> =
        (0..2).map(|_| Program::listen(&["echo", "--log-file", path.to_str().unwrap(), "--recv-size", "10"])).collect();
    std::thread::scope(|scope| {
        for writer in &writers {
            scope.spawn(move || {
                let mut caller = writer.call();
                let mut reading = caller.try_clone().unwrap();
                scope.spawn(move || take(&mut reading, 20_000));
                caller.write_all(&vec![b'x'; 20_000]).unwrap();
            });
        }
    });
    let lines: usize = writers.into_iter().map(|writer| writer.stop().lines.len()).sum();
    let log = fs::read_to_string(&path).unwrap();
    assert!(log.starts_with("{\"kept\":1}\n"), "what was there is kept");
    for line in log.lines() {
        let parsed: Result<Value, _> = serde_json::from_str(line);
        assert!(parsed.is_ok(), "a line is torn: {line}");
    }
    assert_eq!(log.lines().count(), lines + 1);
    assert!(lines > 4000, "{lines}");
}

#[test]
fn a_log_that_is_moved_away_is_opened_anew_and_nothing_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, old) = (folder.path().join("log"), folder.path().join("log.1"));
    let listener = Program::listen(&["echo", "--log-file", path.to_str().unwrap()]);
    let address = listener.name().to_owned();
    poll("the first records", || fs::read_to_string(&path).ok().filter(|log| log.contains("listening")));
    fs::rename(&path, &old).unwrap();
    poll("a new file", || {
        assert!(exchange(&address));
        path.exists().then_some(())
    });
    let lines = listener.stop().lines;
    let both = fs::read_to_string(&old).unwrap() + &fs::read_to_string(&path).unwrap();
    assert_eq!(both.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn a_pipe_without_reader_does_not_hold_up_the_start_and_gets_every_record_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    pipe_at(&path);
    let began = Instant::now();
    let listener = Program::listen(&["echo", "--log-file", path.to_str().unwrap()]);
    assert!(exchange(listener.name()));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    // Opened without waiting, so that this test does not hang where nobody writes.
    let mut log = File::options()
        .read(true)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap())
        .open(&path)
        .unwrap();
    let mut read = Vec::new();
    poll("the records", || {
        let mut bytes = [0; 4096];
        if let Ok(length) = log.read(&mut bytes) {
            read.extend_from_slice(&bytes[..length]);
        }
        String::from_utf8_lossy(&read).contains("\"event\":\"closed\"").then_some(())
    });
    let first = String::from_utf8_lossy(&read).lines().next().unwrap().to_owned();
    assert!(first.contains("\"seq\":1,") && first.contains("listening"), "{first}");
    listener.stop();
    drop(log);

    // Where nobody ever comes, the end does not wait for it for ever, and says what is missing.
    let listener = Program::listen(&["echo", "--log-file", path.to_str().unwrap()]);
    listener.signal(Signal::INT);
    let began = Instant::now();
    let ended = listener.end();
    assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("does not open yet") && ended.errors.contains("takes nothing"), "{}", ended.errors);
}

#[test]
fn a_log_that_cannot_be_opened_is_said_before_anything_starts() {
    let ended = crate::common::run(&["listen", "echo", "--port", "0", "--log-file", crate::common::NOWHERE], b"");
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains(crate::common::NOWHERE) && !ended.err.contains("listening"), "{}", ended.err);
}
