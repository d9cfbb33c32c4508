//! The responders that the labs brought, at any listener.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::{
    common::{Program, rest, run, take},
    python,
};

fn dialog(toml: &str) -> (tempfile::TempDir, Program) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dialog.toml");
    fs::write(&path, toml).unwrap();
    let listener = Program::listen(&["dialog", "--script", path.to_str().unwrap(), "--recv-size", "65536"]);
    (folder, listener)
}

#[test]
fn a_dialog_follows_its_rules() {
    let (_folder, listener) = dialog(
        r#"
greeting = "你好\n"
otherwise = "what is “$0”? (${total})"
[[rule]]
when = "regex"
pattern = '^(\w+) is (\d+)(x)?$'
reply = "$1=$2 [$3] ${count}"
[[rule]]
when = "regex"
pattern = '^(a+)+$'
reply = "only a"
[[rule]]
pattern = "bye"
reply = "later"
delay_ms = 300
ends = true
"#,
    );
    let mut stream = listener.call();
    assert_eq!(take(&mut stream, 7), "你好\n".as_bytes());
    let mut ask = |message: &str, answer: &str| {
        stream.write_all(message.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(take(&mut stream, answer.len())).unwrap(), answer);
    };
    ask("age is 7", "age=7 [] 1");
    ask("x is 1x\n", "x=1 [x] 2");
    let started = Instant::now();
    ask(&format!("{}!", "a".repeat(5000)), &format!("what is “{}!”? (3)", "a".repeat(5000)));
    assert!(started.elapsed() < Duration::from_secs(5), "an exploding pattern takes no time");
    ask("?", "what is “?”? (4)");
    let asked = Instant::now();
    stream.write_all(b"bye").unwrap();
    assert_eq!(rest(&mut stream), b"later");
    assert!(asked.elapsed() >= Duration::from_millis(290));
    assert_eq!(listener.event("closed")["by"], "local");
}

#[test]
fn a_dialog_that_makes_no_sense_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.toml");
    for (toml, words) in [
        ("greeting = \"x\"\n[[rule]]\nwhen = \"regex\"\npattern = \"(\"\n", "line 2: rule 1: "),
        ("\n\ngreeting = 5\n", "line 3: "),
        ("[[rule]]\nwhen = \"regex\"\npattern = '(\\w{900}){900}'\n", "too large"),
        ("hello\n", "line 1: "),
        (
            "[[rule]]\nwhen = \"regex\"\npattern = '(\\w+)'\nreply = \"$1 $2\"\n",
            "line 1: rule 1: the reply refers to group 2, which the pattern does not have",
        ),
        (
            "[[rule]]\npattern = \"a\"\n[[rule]]\nwhen = \"regex\"\npattern = '(?<word>a)'\nreply = \"${wrd}\"\n",
            "line 3: rule 2: the reply refers to group wrd, which the pattern does not have",
        ),
    ] {
        fs::write(&path, toml).unwrap();
        let done = run(&["listen", "dialog", "--script", path.to_str().unwrap(), "--port", "0"], b"");
        assert!(done.code == Some(2) && done.err.contains(words), "{toml}: {}", done.err);
    }
    let done = run(&["listen", "dialog"], b"");
    assert!(done.code == Some(2) && done.err.contains("--script FILE"), "{}", done.err);
}

#[test]
fn written_answers_are_in_the_encoding_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.toml");
    let toml = "greeting = \"请说\"\notherwise = \"不懂：$0\"\n\
                [[rule]]\nwhen = \"regex\"\npattern = '^我是(.+)$'\nreply = \"你好，$1\"\n";
    fs::write(&path, toml).unwrap();
    let script = path.to_str().unwrap();
    let program = folder.path().join("client.py");
    let source = "import socket, sys\ns = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n\
                  s.settimeout(20)\nif sys.argv[3] == 'dialog': print(s.recv(1024).decode('gbk'))\n\
                  for line in sys.argv[4:]:\n    s.sendall(line.encode('gbk'))\n    print(s.recv(1024).decode('gbk'))\n";
    fs::write(&program, source).unwrap();
    let say = |args: &[&str], lines: &[&str]| {
        let listener = Program::listen(&[args, &["--encoding", "gbk"]].concat());
        let address = listener.address();
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let (out, err, _) = python::run(&program, &[&[&host, &port, args[0]], lines].concat(), "");
        assert_eq!(listener.event("recv")["text"], lines[0]);
        (String::from_utf8(out).unwrap(), err)
    };
    let (heard, err) = say(&["dialog", "--script", script], &["我是小王", "什么"]);
    assert_eq!(heard, "请说\n你好，小王\n不懂：什么\n", "{err}");
    assert_eq!(say(&["reply", "--reply", "收到"], &["嗨"]).0, "收到\n");
    assert_eq!(say(&["page", "--reply", "<p>页</p>"], &["GET / 中"]).0, "<p>页</p>\n");

    let python = run(&["listen", "reply", "--reply", "收到", "--encoding", "gbk", "--as", "python"], b"");
    assert!(String::from_utf8(python.out).unwrap().contains(r#"return b"\xca\xd5\xb5\xbd""#), "{}", python.err);

    let refused = |args: &[&str], words: &str| {
        let done = run(&[&["listen"], args, &["--encoding", "latin1", "--port", "0"]].concat(), b"");
        assert!(done.code == Some(2) && done.err.contains(words), "{args:?}: {}", done.err);
    };
    refused(&["reply", "--reply", "收到"], "“收” is not in Latin-1");
    refused(&["page", "--reply", "页"], "“页” is not in Latin-1");
    refused(&["dialog", "--script", script], "“不” is not in Latin-1");
    fs::write(&path, "[[rule]]\npattern = \"a\"\nreply = \"好\"\n").unwrap();
    refused(&["dialog", "--script", script], "line 1: rule 1: “好” is not in Latin-1");
}

#[test]
fn a_chat_room_tells_all_others() {
    let listener = Program::listen(&["chat"]);
    let mut people = [listener.call(), listener.call(), listener.call()];
    listener.nth(3, "accepted");
    // Whoever was accepted last may not be in the room yet; whoever was heard is.
    for person in &mut people {
        person.write_all(b"in\n").unwrap();
    }
    listener.nth(3, "recv");
    let names = people.each_ref().map(|stream| stream.local_addr().unwrap());
    people[2].write_all(b"hi\n").unwrap();
    listener.nth(4, "recv");
    people[0].write_all("你好".as_bytes()).unwrap();
    let (hi, hello) = (format!("{}: hi", names[2]), format!("{}: 你好", names[0]));
    let [first, second, third] = people.map(|stream| heard(stream, 2));
    assert_eq!(first.first(), Some(&hi), "nobody hears himself");
    assert_eq!(third.first(), Some(&hello));
    let mut both = second;
    both.sort_unstable();
    let mut wanted = vec![hi, hello];
    wanted.sort_unstable();
    assert_eq!(both, wanted);
}

/// What somebody in the room hears besides that others are in: up to `most` lines, while they come.
fn heard(stream: TcpStream, most: usize) -> Vec<String> {
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines.filter(|line| !line.ends_with(": in")).take(most).collect()
}

#[test]
fn chargen_goes_on_until_the_peer_closes() {
    let listener = Program::listen(&["chargen", "--payload", "none"]);
    let mut stream = listener.call();
    stream.write_all(b"ignored").unwrap();
    let bytes = take(&mut stream, 74 * 200);
    let first: Vec<u8> = (b' '..b' ' + 72).chain(*b"\r\n").collect();
    assert_eq!(bytes[..74], first);
    assert_eq!(bytes[74 * 95..74 * 96], first, "it turns around after 95 lines");
    drop(stream);
    listener
        .until("ended", |events| events.iter().any(|event| event["event"] == "closed" || event["event"] == "reset"));
}

#[test]
fn a_page_is_sent_as_it_stands() {
    let listener = Program::listen(&["page", "--reply", "<p>as it stands</p>"]);
    let mut stream = listener.call();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(rest(&mut stream), b"<p>as it stands</p>");
}

#[test]
fn listening_stops_after_so_many_clients_and_accepts_slowly() {
    let listener = Program::listen(&["echo", "--stop-after", "2", "--accept-delay", "0.3"]);
    let mut first = listener.call();
    let started = Instant::now();
    first.write_all(b"a").unwrap();
    assert_eq!(take(&mut first, 1), b"a");
    assert!(started.elapsed() >= Duration::from_millis(150), "it was accepted late");
    let mut second = listener.call();
    second.write_all(b"b").unwrap();
    assert_eq!(take(&mut second, 1), b"b");
    drop((first, second));
    assert_eq!(listener.end().code, Some(0));
}

#[test]
fn a_file_that_cannot_be_read_ends_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("p.jpg");
    fs::write(&picture, "x").unwrap();
    let start = ["lab", "http-page-classic", "--side", "listener", "--port", "0", "--bind", "127.0.0.1"];
    let listener = Program::start(&[&start[..], &["--picture", picture.to_str().unwrap()]].concat()).bound();
    fs::remove_file(&picture).unwrap();
    let mut stream = listener.call();
    stream.write_all(b"GET /test.jpg HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(stream.read(&mut [0; 10]).unwrap(), 0);
    let failed = listener.event("failed");
    assert!(failed["operation"] == "open" && failed["error"] == "ENOENT", "{failed}");
}

#[test]
fn datagrams_travel_between_paths() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.sock");
    let path = path.to_str().unwrap();
    let listener = Program::start(&["listen", "upper", "--unix-datagram", path]).bound();
    let done = run(&["connect", "--unix-datagram", path, "--send", "one", "--send", "two"], b"");
    assert_eq!((done.out.as_slice(), done.code), (b"ONETWO".as_slice(), Some(0)), "{}", done.err);
    assert_eq!(listener.nth(2, "recv")["text"], "two");
}
