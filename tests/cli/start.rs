//! Starting the window from the command line, as far as it goes without a screen.

use std::process::Stdio;

use crate::common::{program, run};

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

#[cfg(all(feature = "gui", target_os = "linux"))]
#[test]
fn no_screen_is_said_with_a_way_on() {
    let start = |display: &str| {
        program().env_remove("WAYLAND_DISPLAY").env("DISPLAY", display).stdin(Stdio::null()).output().unwrap()
    };
    for (display, words) in [("", "neither DISPLAY nor WAYLAND_DISPLAY"), (":4711", "nothing answers at DISPLAY=:4711")]
    {
        let ended = start(display);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && said.contains("socketlab listen echo"), "{said}");
    }
}
