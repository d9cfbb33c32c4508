//! Starting the window from the command line, as far as it goes without a screen, and session files without a window.

#[cfg(unix)]
use std::process::Stdio;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

#[cfg(unix)]
use crate::common::program;
use crate::{
    common::{Output, PATIENCE, rest, run, serve, take},
    reset::reset,
};

#[test]
fn what_is_neither_command_nor_file_nor_url_is_refused() {
    let wrong = run(&["lisen"], b"");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("“lisen” is no command, no file, no folder and no URL"), "{}", wrong.err);
    let mixed = run(&["--renderer", "glow", "addresses"], b"");
    assert_eq!(mixed.code, Some(2));
    assert!(mixed.err.contains("--renderer"), "{}", mixed.err);
    assert_eq!(run(&["--renderer", "paper"], b"").code, Some(2));
}

#[test]
fn a_saved_session_runs_without_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let session = format!(
        "socketlab = 1\n[[listener]]\nport = {port}\nrecipe = 'Daytime'\nstop_after = 1\n[[client]]\nport = {port}\n"
    );
    let done = run(&["run", &at("a.socketlab", &session)], b"");
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(
        done.err.contains(&format!("listening on 127.0.0.1:{port}")) && done.err.contains("connected"),
        "{}",
        done.err
    );
    // A client says by itself what the file has it say, and closes when it was answered.
    let chat = format!(
        "socketlab = 1\n[[listener]]\nport = {port}\nrecipe = 'Upper'\nstop_after = 1\n[[client]]\nport = {port}\n\
         [client.script]\nsend = ['one', 'two!']\ntake_turns = true\nclose_after_reply = true\n"
    );
    let done = run(&["run", &at("chat.socketlab", &chat)], b"");
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(done.err.contains("7 bytes received, 7 sent"), "{}", done.err);
    let wrong = run(&["run", &at("b.socketlab", "socketlab = 1\n[[client]]\nport = 'x'\n")], b"");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("b.socketlab: line 3"), "{}", wrong.err);
    assert_eq!(run(&["run", &at("c.socketlab", "socketlab = 1\n")], b"").code, Some(2));
}

#[test]
fn names_that_a_session_file_should_not_have_are_said_and_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.socketlab");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let session = format!(
        "socketlab = 2\n[[listener]]\nport = {port}\nrecipe = 'Daytime'\nstop_after = 1\nquic = true\nrecv-size = 5\n\
         [[client]]\nport = {port}\nhots = 'localhost'\n"
    );
    std::fs::write(&path, session).unwrap();
    let done = run(&["run", path.to_str().unwrap()], b"");
    assert_eq!(done.code, Some(0), "{}", done.err);
    for said in [
        "a.socketlab: line 6: “quic” is not known here and changes nothing: a newer version may know it",
        "a.socketlab: line 7: “recv-size” is not known here and changes nothing; perhaps “recv_size” is meant",
        "a.socketlab: line 10: “hots” is not known here and changes nothing; perhaps “host” is meant",
    ] {
        assert!(done.err.contains(said), "{said}: {}", done.err);
    }
    let many: Vec<_> = (0..25).map(|number| format!("x{number}y{number}z = 0\n")).collect();
    std::fs::write(&path, format!("socketlab = 1\n{}[[client]]\nport = {port}\n", many.concat())).unwrap();
    let done = run(&["run", path.to_str().unwrap()], b"");
    assert!(done.err.contains("5 more names are not known here"), "{}", done.err);
    assert_eq!(done.err.matches("is not known here").count(), 20, "{}", done.err);
}

#[test]
fn what_a_clients_peer_throws_away_or_cuts_short_is_the_exit_code_of_a_saved_session() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.socketlab");
    let outcome = |what: &str| {
        std::fs::write(&path, format!("socketlab = 1\n{what}")).unwrap();
        run(&["run", path.to_str().unwrap()], b"")
    };
    let (address, peer) = serve(|stream| {
        std::thread::sleep(Duration::from_millis(200));
        reset(stream);
    });
    let done = outcome(&format!("[[client]]\nport = {}\n", address.port()));
    assert_eq!(done.code, Some(1), "{}", done.err);
    peer.join().unwrap();
    let (address, peer) = serve(|mut stream| {
        stream.read_exact(&mut [0; 4]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        rest(&mut stream);
    });
    let done = outcome(&format!("[[request]]\nurl = 'http://{address}/'\n"));
    assert_eq!(done.code, Some(1), "{}", done.err);
    assert!(done.err.contains("shorter than Content-Length"), "{}", done.err);
    peer.join().unwrap();
}

/// Runs a client with this script, which receives four bytes at a time, against a peer.
fn scripted<T: Send + 'static>(script: &str, peer: impl FnOnce(TcpStream) -> T + Send + 'static) -> (Output, T) {
    let (address, peer) = serve(peer);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.socketlab");
    let port = address.port();
    let session = format!("socketlab = 1\n[[client]]\nport = {port}\nrecv_size = 4\n[client.script]\n{script}");
    std::fs::write(&path, session).unwrap();
    (run(&["run", path.to_str().unwrap()], b""), peer.join().unwrap())
}

#[test]
fn a_script_takes_an_answer_in_pieces_for_one_answer() {
    let script = "send = ['one', 'two', 'six']\ntake_turns = true\nclose_after_reply = true\n";
    let (done, early) = scripted(script, |mut stream| {
        let mut early = Vec::new();
        for line in ["one", "two", "six"] {
            // What came before its turn is what is there before anything was answered.
            assert_eq!(take(&mut stream, 3), line.as_bytes());
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut byte = [0];
            early.push(stream.peek(&mut byte).is_ok());
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.write_all(b"answer!").unwrap();
        }
        assert!(rest(&mut stream).is_empty());
        early
    });
    assert_eq!(early, [false; 3], "{}", done.err);
    assert!(done.code == Some(0) && done.err.contains("21 bytes received, 9 sent"), "{}", done.err);
}

#[test]
fn a_script_of_many_lines_waits_for_a_slow_peer() {
    // More than a connection's queue and the sockets' buffers hold, in orders and in bytes.
    const LINES: usize = 12_000;
    let line = "x".repeat(1000);
    let lines = format!("'{line}',").repeat(LINES);
    let script = format!("send = [{lines} 'end']\nstop_on = 'end'\n");
    let (done, length) = scripted(&script, |mut stream| {
        std::thread::sleep(Duration::from_millis(500));
        rest(&mut stream).len()
    });
    assert_eq!((length, done.code), (LINES * 1000 + 3, Some(0)), "{}", done.err);
}

/// Windows has its language in the user's settings.
#[cfg(unix)]
#[test]
fn wrong_usage_is_said_in_the_language_that_is_spoken() {
    let in_language = |tag: &str, words: &[&str]| {
        let ended = program().env("LC_ALL", tag).env("LANGUAGE", "").args(words).stdin(Stdio::null()).output().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        (ended.status.code(), String::from_utf8(said).unwrap())
    };
    let wrong: [(&[&str], &str, &str); 8] = [
        (&["listen", "echo", "--portt", "3"], "unexpected argument '--portt'", "没有参数“--portt”"),
        (&["listen", "ech"], "perhaps the value “echo”", "也许是想写值“echo”"),
        (&["listen", "echo", "--port", "99999"], "99999 is not in 0..=65535", "99999 不在 0..=65535 之内"),
        (&["listen", "echo", "--port", "x"], "that is no number", "不是数字"),
        (&["listen", "echo", "--udp", "--unix", "a"], "cannot be used with '--unix", "不能与“--unix"),
        (&["listen"], "<RESPONDER>", "缺少必需的参数"),
        (&["listen", "echo", "--port"], "needs a value", "需要一个值"),
        (&["lisen"], "is no command", "不是命令"),
    ];
    for (words, english, chinese) in wrong {
        let (code, said) = in_language("C.UTF-8", words);
        assert!(code == Some(2) && said.contains(english) && said.contains("--help"), "{said}");
        let (code, said) = in_language("zh_CN.UTF-8", words);
        assert!(code == Some(2) && said.contains(chinese) && said.contains("更多说明"), "{said}");
        assert!(!["error", "Usage", "OPTIONS", "For more"].iter().any(|word| said.contains(word)), "{said}");
    }
    for words in [&["--help"][..], &["-h"], &["listen", "--help"], &["get", "-h"], &["lab", "--help"]] {
        let (code, said) = in_language("zh_CN.UTF-8", words);
        assert!(code == Some(0) && said.contains("用法: socketlab") && said.contains("选项:"), "{said}");
        for word in ["Usage", "Options", "Commands", "Arguments", "OPTIONS", "ossible values", "default:", "Print"] {
            assert!(!said.contains(word), "{word}: {said}");
        }
        assert!(in_language("C.UTF-8", words).1.contains("Usage: socketlab"));
    }
}

#[cfg(all(feature = "gui", target_os = "linux"))]
#[test]
fn the_language_chosen_in_the_window_comes_before_the_system_s() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("socketlab")).unwrap();
    for (settings, tag, words) in [
        ("[preferences]\nlanguage = 'SimplifiedChinese'", "C.UTF-8", "用法"),
        ("[preferences]\nlanguage = 'English'", "zh_CN.UTF-8", "Usage"),
        ("[preferences]\nzoom = 2.0", "zh_CN.UTF-8", "用法"),
        ("rubbish = = 3", "zh_CN.UTF-8", "用法"),
    ] {
        std::fs::write(folder.path().join("socketlab/settings.toml"), settings).unwrap();
        for arguments in [["listen", "--help"], ["listen", "--nope"]] {
            let mut command = program();
            command.env("XDG_CONFIG_HOME", folder.path()).env("LC_ALL", tag).args(arguments);
            let ended = command.stdin(Stdio::null()).output().unwrap();
            let said = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
            assert!(said.contains(words), "{settings}: {said}");
        }
    }
    // What cannot be read is set aside by the window, which says so, and not by a command.
    assert_eq!(std::fs::read_dir(folder.path().join("socketlab")).unwrap().count(), 1);
}

#[cfg(all(feature = "gui", target_os = "linux"))]
#[test]
fn no_screen_is_said_with_a_way_on() {
    let start = |display: &str| {
        program().env_remove("WAYLAND_DISPLAY").env("DISPLAY", display).stdin(Stdio::null()).output().unwrap()
    };
    let wayland =
        program().env_remove("DISPLAY").env("WAYLAND_DISPLAY", "no-such").stdin(Stdio::null()).output().unwrap();
    for (ended, words) in [
        (start(""), "neither DISPLAY nor WAYLAND_DISPLAY"),
        (start(":4711"), "nothing answers at DISPLAY=:4711"),
        (wayland, "nothing answers at WAYLAND_DISPLAY=no-such"),
    ] {
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && said.contains("socketlab listen echo"), "{said}");
    }
}
