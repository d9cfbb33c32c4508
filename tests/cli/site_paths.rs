//! Ways out of a served folder, each of which has to end at a wall.

use std::{io::Write, path::Path};

use crate::{
    common::{Program, rest},
    system::link,
};

/// In every file that nobody may see.
const SECRET: &str = "hands off";

/// Two dots, as people write them who want out.
const UP: &[&str] = &[
    "..",
    "%2e%2e",
    "%2E.",
    ".%2e",
    "%252e%252e",
    "%25252e%25252e",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "%f0%80%80%ae%f0%80%80%ae",
    "%u002e%u002e",
    "%ef%bc%8e%ef%bc%8e",
    "..%00",
    "..%20",
    "..%09",
    "..;",
    "...",
    "....",
    ".",
];

/// What they put between two names.
const SLASH: &[&str] =
    &["/", "//", "/./", "%2f", "%252f", "\\", "%5c", "%255c", "%c0%af", "%e0%80%af", "%ef%bc%8f", "/%2f"];

/// Everything else that somebody tried somewhere once.
const OTHERS: &[&str] = &[
    "/.hidden",
    "/%2ehidden",
    "/%2Ehidden",
    "/./.hidden",
    "/sub/.git/config",
    "/sub/%2egit%2fconfig",
    "/out/secret.txt",
    "/sub/chain/secret.txt",
    "/secret-link",
    "/hidden-link",
    "/dangling",
    "/loop",
    "/out",
    "/out/",
    "/etc/passwd",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "///etc/passwd",
    "/%00",
    "/inside.txt%00.png",
    "/inside.txt/",
    "/inside.txt/..",
    "/inside.txt/../../secret.txt",
    "/inside.txt%2f..%2f..%2fsecret.txt",
    "/sub/../inside.txt",
    "/sub/%2e%2e/inside.txt",
    "/c:/windows/win.ini",
    "/C%3a%5cwindows%5cwin.ini",
    "/\\\\?\\C:\\secret.txt",
    "//server/share/secret.txt",
    "/\\\\server\\share\\secret.txt",
    "/%5c%5cserver%5cshare%5csecret.txt",
    "/CON",
    "/nul.txt",
    "/COM1",
    "/inside.txt::$DATA",
    "/inside.txt%3a%3a$DATA",
    "/inside.txt.",
    "/inside.txt%20",
    "/INSIDE~1.TXT",
    "/~root/secret.txt",
    "/.socketlab/../../secret.txt",
    "/.socketlab/thumb/../../../secret.png",
    "/.socketlab/thumb/%2e%2e/secret.png",
    "/.socketlab/thumb/..%2fsecret.png",
    "/.socketlab/thumb/out/secret.png",
    "/.socketlab/thumb/.hidden.png",
    "/.socketlab/thumb//etc/x.png",
    "/.socketlab/board/pictures/../../../secret.txt",
    "http://x/../secret.txt",
    "http://x/%2e%2e/secret.txt",
    "http://x/..%2fsecret.txt",
    "http://x/.hidden",
    "http:///../secret.txt",
    "file:///etc/passwd",
    "FILE://localhost/etc/passwd",
    "../secret.txt",
    "secret.txt",
    "..%2fsecret.txt",
    "*",
    "?../secret.txt",
];

/// A folder inside another one, with links and hidden files; gives the inner one.
fn trap(outside: &Path) -> String {
    let folder = outside.join("served");
    std::fs::create_dir_all(folder.join("sub/.git")).unwrap();
    std::fs::create_dir_all(outside.join("elsewhere")).unwrap();
    for file in ["secret.txt", "secret.png", "elsewhere/secret.txt", "elsewhere/secret.png"] {
        std::fs::write(outside.join(file), SECRET).unwrap();
    }
    for file in [".hidden", ".hidden.png", "sub/.git/config"] {
        std::fs::write(folder.join(file), SECRET).unwrap();
    }
    std::fs::write(folder.join("inside.txt"), "welcome").unwrap();
    link("../elsewhere", &folder.join("out"));
    link("../out", &folder.join("sub/chain"));
    link("../secret.txt", &folder.join("secret-link"));
    link(".hidden", &folder.join("hidden-link"));
    link("nowhere", &folder.join("dangling"));
    link("loop", &folder.join("loop"));
    folder.to_str().unwrap().to_owned()
}

fn attempts() -> Vec<String> {
    let mut attempts: Vec<_> = OTHERS.iter().map(|&target| target.to_owned()).collect();
    for up in UP {
        for slash in SLASH {
            attempts.push(format!("/{up}{slash}secret.txt"));
            attempts.push(format!("/sub/{up}{slash}{up}{slash}secret.txt"));
        }
    }
    attempts
}

/// The status and the whole answer.
fn ask(listener: &Program, request: &str) -> (u16, String) {
    let mut stream = listener.call();
    stream.write_all(request.as_bytes()).unwrap();
    let answer = String::from_utf8_lossy(&rest(&mut stream)).into_owned();
    (answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0), answer)
}

#[test]
fn no_way_leads_out_of_the_folder() {
    let outside = tempfile::tempdir().unwrap();
    let folder = trap(outside.path());
    let listener = Program::listen(&["http", "--folder", &folder, "--payload", "none"]);
    let attempts = attempts();
    assert!(attempts.len() > 400);
    for target in &attempts {
        for query in ["", "?view"] {
            let (status, answer) =
                ask(&listener, &format!("GET {target}{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
            assert!(matches!(status, 400 | 404), "{target}{query}: {answer}");
            assert!(!answer.contains(SECRET) && !answer.contains("root:"), "{target}{query}: {answer}");
        }
    }
    let (status, answer) = ask(&listener, "GET /inside.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(status == 200 && answer.ends_with("welcome"), "{answer}");
    let list = ask(&listener, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").1;
    for name in ["hidden", ".git", "out", "secret", "dangling", "loop"] {
        assert!(!list.contains(&format!("href=\"{name}")) && !list.contains(&format!(">{name}")), "{name}: {list}");
    }
}

#[test]
fn no_upload_lands_outside_the_folder_or_on_another_file() {
    let outside = tempfile::tempdir().unwrap();
    let folder = trap(outside.path());
    let listener = Program::listen(&["http", "--upload", &folder, "--payload", "none"]);
    let page = ask(&listener, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").1;
    let token = page.split_once("data-token=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let before = tree(outside.path(), &folder);
    for target in attempts().iter().filter(|target| target.starts_with('/')) {
        let head = format!(
            "Host: localhost\r\nX-Socketlab-Token: {token}\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmine"
        );
        let (status, answer) = ask(&listener, &format!("PUT {target} HTTP/1.1\r\n{head}"));
        assert!(matches!(status, 201 | 400), "{target}: {answer}");
        let name = target.replace(['&', '?', '#'], "");
        let (status, answer) = ask(&listener, &format!("POST /.socketlab/upload?name={name} HTTP/1.1\r\n{head}"));
        assert!(matches!(status, 201 | 400), "{target}: {answer}");
    }
    assert_eq!(tree(outside.path(), &folder), before, "nothing outside is new");
    for (file, content) in [("inside.txt", "welcome"), (".hidden", SECRET), ("sub/.git/config", SECRET)] {
        assert_eq!(std::fs::read_to_string(Path::new(&folder).join(file)).unwrap(), content, "{file}");
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let ours = [".hidden", ".hidden.png"].contains(&name.as_str());
        assert!(ours || !name.starts_with('.') && !name.contains(['\\', ':', '\0']), "{name:?}");
    }
}

/// The files and folders that are not directly in `folder`.
fn tree(outside: &Path, folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![outside.to_owned()];
    while let Some(place) = left.pop() {
        for entry in std::fs::read_dir(&place).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                left.push(entry.path());
            }
            if place != Path::new(folder) {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found.sort_unstable();
    found
}
