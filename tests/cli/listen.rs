//! Listeners: what each responder answers, and who is served when.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use crate::common::{Program, interrupt, noise, patient, program, rest, run, take};

fn ask(stream: &mut TcpStream, message: &[u8], length: usize) -> Vec<u8> {
    stream.write_all(message).unwrap();
    take(stream, length)
}

#[test]
fn echo_sends_back_what_came() {
    let listener = Program::listen(&["echo"]);
    let mut caller = listener.call();
    let message = noise(100_000, 1);
    assert!(ask(&mut caller, &message, message.len()) == message);
    caller.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut caller), b"");
    let closed = listener.event("closed");
    assert_eq!(
        (&closed["by"], &closed["received"], &closed["sent"]),
        (&"peer".into(), &100_000.into(), &100_000.into())
    );
    listener.stop();
}

#[test]
fn upper_changes_ascii_letters_and_leaves_the_rest() {
    let listener = Program::listen(&["upper"]);
    let message = "hello, 哈哈 é \u{0} z".as_bytes();
    let answer = ask(&mut listener.call(), message, message.len());
    assert_eq!(answer, "HELLO, 哈哈 é \u{0} Z".as_bytes());
}

#[test]
fn reply_answers_every_message_and_closes_after_so_many() {
    let listener = Program::listen(&["reply", "--reply", "Yes 是", "--close-after", "2"]);
    let mut caller = listener.call();
    let answer = "Yes 是".as_bytes();
    assert_eq!(ask(&mut caller, b"one", answer.len()), answer);
    assert_eq!(ask(&mut caller, b"two", answer.len()), answer);
    assert_eq!(rest(&mut caller), b"");
    let closed = listener.event("closed");
    assert_eq!((&closed["by"], &closed["received"]), (&"local".into(), &6.into()));
}

#[test]
fn discard_takes_everything_and_answers_nothing() {
    let listener = Program::listen(&["discard", "--payload", "none"]);
    let mut caller = listener.call();
    caller.write_all(&noise(1 << 20, 2)).unwrap();
    caller.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut caller), b"");
    let closed = listener.event("closed");
    assert_eq!((&closed["received"], &closed["sent"]), (&(1 << 20).into(), &0.into()));
}

#[test]
fn daytime_says_the_time_and_closes() {
    let listener = Program::listen(&["daytime"]);
    let answer = String::from_utf8(rest(&mut listener.call())).unwrap();
    assert!(answer.ends_with("\r\n") && answer.contains(", 20"), "{answer}");
    assert_eq!(listener.event("closed")["by"], "local");
}

#[test]
fn without_a_responder_what_is_typed_goes_to_everyone() {
    let mut listener = Program::listen(&["none"]);
    let mut callers = [listener.call(), listener.call()];
    for (number, caller) in (1..).zip(&mut callers) {
        caller.write_all(b"here").unwrap();
        listener.nth(number, "recv");
    }
    listener.type_in("你好\n".as_bytes());
    for caller in &mut callers {
        assert_eq!(take(caller, 7), "你好\n".as_bytes());
    }
    callers[1].write_all(b"and you").unwrap();
    assert_eq!(listener.nth(3, "recv")["text"], "and you");
    // The end of what is typed ends nothing.
    listener.end_input();
    callers[0].write_all(b"again").unwrap();
    assert_eq!(listener.nth(4, "recv")["text"], "again");
}

#[test]
fn a_caller_that_half_closes_at_once_gets_all_of_the_input() {
    let mut listener = Program::listen(&["none", "--payload", "none"]);
    let input = noise(3_000_000, 9);
    // More than a pipe holds: what is beyond has been taken by then, and waits for a caller.
    listener.type_in(&input[..100_000]);
    let mut caller = listener.call();
    caller.shutdown(Shutdown::Write).unwrap();
    let got = std::thread::scope(|scope| {
        let reader = scope.spawn(move || rest(&mut caller));
        listener.type_in(&input[100_000..]);
        listener.end_input();
        reader.join().unwrap()
    });
    assert!(got == input, "{} of {} bytes", got.len(), input.len());
    assert_eq!(listener.event("half_closed")["by"], "peer");
    assert_eq!(listener.event("closed")["sent"], input.len());
}

#[test]
fn defaults_are_those_of_the_tutorials() {
    let help = String::from_utf8(run(&["listen", "--help"], b"").out).unwrap();
    for default in ["127.0.0.1", "8000", "1024", "each", "auto"] {
        assert!(help.contains(&format!("[default: {default}]")), "{default}: {help}");
    }
    let listener = Program::listen(&["echo"]);
    let listening = listener.event("listening");
    assert!(listening["local"].as_str().unwrap().starts_with("127.0.0.1:"), "{listening}");
    assert_eq!(listening["backlog"], 1024);
    let mut first = listener.call();
    assert_eq!(ask(&mut listener.call(), b"the second is served too", 24), b"the second is served too");
    assert_eq!(ask(&mut first, &noise(3000, 3), 3000), noise(3000, 3));
    listener.until("all of it", |events| {
        events.iter().filter(|event| event["event"] == "send").filter_map(|event| event["length"].as_u64()).sum::<u64>()
            == 3024
    });
    let largest = listener.events().iter().filter_map(|event| event["length"].as_u64()).max();
    assert!(largest.unwrap() <= 1024);
}

#[test]
fn one_at_a_time_lets_the_others_wait_in_the_backlog() {
    let listener = Program::listen(&["echo", "--accept", "one"]);
    let mut first = listener.call();
    assert_eq!(ask(&mut first, b"first", 5), b"first");
    let mut second = listener.call();
    second.write_all(b"second").unwrap();
    // A round trip of the first gives the listener its turn to take the second.
    assert_eq!(ask(&mut first, b"again", 5), b"again");
    drop(first);
    assert_eq!(take(&mut second, 6), b"second");
    assert!(place(&listener.event("closed")) < place(&listener.nth(2, "accepted")));
}

/// Where an event stands among all others.
fn place(event: &serde_json::Value) -> u64 {
    event["seq"].as_u64().unwrap()
}

#[test]
fn a_limit_serves_so_many_and_no_more() {
    let listener = Program::listen(&["echo", "--accept", "2"]);
    let mut served = [listener.call(), listener.call()];
    for caller in &mut served {
        assert_eq!(ask(caller, b"x", 1), b"x");
    }
    let mut third = listener.call();
    third.write_all(b"third").unwrap();
    assert_eq!(ask(&mut served[0], b"y", 1), b"y");
    let [_, gone] = served;
    drop(gone);
    assert_eq!(take(&mut third, 5), b"third");
    assert!(place(&listener.event("closed")) < place(&listener.nth(3, "accepted")));
}

#[test]
fn one_byte_at_a_time_is_received_one_byte_at_a_time() {
    let listener = Program::listen(&["echo", "--recv-size", "1"]);
    let mut caller = listener.call();
    assert_eq!(ask(&mut caller, b"abcde", 5), b"abcde");
    listener.nth(5, "send");
    let lengths: Vec<_> = listener.events().iter().filter_map(|event| event["length"].as_u64()).collect();
    assert_eq!(lengths, [1; 10]);
}

#[test]
fn a_mebibyte_is_the_largest_receive_size() {
    let listener = Program::listen(&["echo", "--recv-size", "1048576", "--payload", "none"]);
    let mut caller = listener.call();
    let message = noise(3 << 20, 4);
    std::thread::scope(|scope| {
        let mut sending = caller.try_clone().unwrap();
        let message = &message;
        scope.spawn(move || sending.write_all(message).unwrap());
        assert!(take(&mut caller, 3 << 20) == *message);
    });
    caller.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut caller), b"");
    for wrong in ["0", "1048577", "-1", "many"] {
        let refused = run(&["listen", "echo", "--port", "0", "--recv-size", wrong], b"");
        assert_eq!(refused.code, Some(2), "{wrong}: {}", refused.err);
    }
}

#[test]
fn a_silent_caller_is_closed_by_the_idle_time_out() {
    let listener = Program::listen(&["echo", "--idle-timeout", "0.3"]);
    let mut silent = listener.call();
    assert_eq!(rest(&mut silent), b"");
    let timed_out = listener.event("timed_out");
    assert_eq!(timed_out["error"], "ETIMEDOUT");
    assert!(timed_out["message"].as_str().unwrap().contains("idle"), "{timed_out}");
    assert_eq!(listener.event("closed")["by"], "local");
}

#[test]
fn the_backlog_that_was_asked_for_is_told() {
    let listener = Program::listen(&["echo", "--backlog", "3"]);
    assert_eq!(listener.event("listening")["backlog"], 3);
    assert_eq!(run(&["listen", "echo", "--port", "0", "--backlog", "65536"], b"").code, Some(2));
}

#[test]
fn ipv6_names_are_in_brackets() {
    let listener = Program::listen(&["echo", "--bind", "::1"]);
    assert!(listener.name().starts_with("[::1]:"), "{}", listener.name());
    assert_eq!(ask(&mut listener.call(), b"six", 3), b"six");
    assert!(listener.event("recv")["peer"].as_str().unwrap().starts_with("[::1]:"));
}

#[test]
fn all_addresses_are_both_families_and_names_are_plain() {
    let listener = Program::listen(&["echo", "--bind", "*"]);
    let port = listener.address().port();
    for ip in ["127.0.0.1", "::1"] {
        let mut caller = patient(TcpStream::connect(SocketAddr::new(ip.parse().unwrap(), port)).unwrap());
        assert_eq!(ask(&mut caller, b"hi", 2), b"hi");
    }
    assert!(listener.nth(1, "accepted")["peer"].as_str().unwrap().starts_with("127.0.0.1:"));
    assert!(listener.nth(2, "accepted")["local"].as_str().unwrap().starts_with("[::1]:"));
}

#[test]
fn what_a_person_reads_is_data_on_stdout_and_the_rest_on_stderr() {
    use std::process::Stdio;
    let mut child = program()
        .args(["listen", "upper", "--port", "0", "--accept", "one"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    std::io::BufRead::read_line(&mut errors, &mut first).unwrap();
    let address = first.trim().strip_prefix("socketlab: listening on ").unwrap().parse::<SocketAddr>().unwrap();
    let message = b"raw \x1b[31m bytes \xff";
    let mut caller = patient(TcpStream::connect(address).unwrap());
    ask(&mut caller, message, message.len());
    drop(caller);
    // Into a pipe the peer's bytes go as they came.
    assert_eq!(take(child.stdout.as_mut().unwrap(), message.len()), message);
    interrupt(&child);
    let mut status = String::new();
    errors.read_to_string(&mut status).unwrap();
    assert!(status.contains("accepted 127.0.0.1:"), "{status}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn signals_and_the_time_limit_end_it_in_order() {
    let listener = Program::listen(&["echo"]);
    let mut caller = listener.call();
    listener.event("accepted");
    let ended = listener.stop();
    assert_eq!(rest(&mut caller), b"");
    let names: Vec<_> = ended.events().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["listening", "accepted", "closed", "stopped"]);

    #[cfg(unix)]
    {
        let listener = Program::listen(&["echo"]);
        listener.signal(rustix::process::Signal::TERM);
        assert_eq!(listener.end().code, Some(143));
    }

    let limited = Program::listen(&["echo", "--max-seconds", "0.2"]);
    let ended = limited.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.events().last().unwrap()["event"], "stopped");
}

#[test]
fn a_port_can_be_taken_again_at_once() {
    let listener = Program::listen(&["echo", "--close-after", "1"]);
    let port = listener.address().port().to_string();
    let mut caller = listener.call();
    assert_eq!(ask(&mut caller, b"x", 1), b"x");
    // The listener closed first: its end of the connection stays in TIME_WAIT.
    assert_eq!(rest(&mut caller), b"");
    drop(caller);
    listener.stop();
    let again = Program::start(&["listen", "echo", "--port", &port]).bound();
    assert_eq!(again.address().port().to_string(), port);
}

#[cfg(unix)]
#[test]
fn accepting_goes_on_when_descriptors_are_free_again() {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 64; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_socketlab")]);
    shell.args(["listen", "echo", "--port", "0", "--json"]);
    let listener = Program::of(shell).bound();
    let mut callers: Vec<_> = (0..100).map(|_| listener.call()).collect();
    let failed = listener.event("failed");
    assert_eq!(
        (&failed["operation"], &failed["error"], &failed["errno"]),
        (&"accept".into(), &"EMFILE".into(), &24.into())
    );
    assert!(failed["hint"].as_str().unwrap().contains("ulimit"), "{failed}");
    // The served ones still are.
    assert_eq!(ask(&mut callers[0], b"x", 1), b"x");
    let mut last = callers.pop().unwrap();
    last.write_all(b"last").unwrap();
    callers.clear();
    assert_eq!(take(&mut last, 4), b"last");
    drop(last);
    listener.until("everyone closed", |events| events.iter().filter(|event| event["event"] == "closed").count() == 100);
    let reported = listener.events().iter().filter(|event| event["error"] == "EMFILE").count();
    // Once for each time that the last descriptor went, not for each try.
    assert!(reported <= 5, "{reported}");
    listener.stop();
}

#[test]
fn a_slow_caller_does_not_hold_up_another() {
    let listener = Program::listen(&["echo", "--payload", "none"]);
    let mut stuck = listener.call();
    stuck.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    // Fills every buffer on the way there and back, because nobody reads the answers.
    while stuck.write_all(&[0; 8192]).is_ok() {}
    assert_eq!(ask(&mut listener.call(), b"hello", 5), b"hello");
    listener.stop();
}
