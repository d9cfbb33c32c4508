//! Man pages and completions come out of the arguments themselves.

use std::fs;

use crate::common::run;

#[test]
fn every_command_has_a_page_and_is_completed() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("new");
    let written = run(&["generate", folder.to_str().unwrap()], b"");
    assert_eq!((written.code, written.out.len()), (Some(0), 0), "{}", written.err);
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let main = read("socketlab.1");
    for command in ["listen", "connect", "get", "lab", "addresses", "generate"] {
        assert!(main.contains(&format!("socketlab\\-{command}(1)")), "{command} in {main}");
        assert!(read(&format!("socketlab-{command}.1")).starts_with(".ie"), "{command}");
        for shell in ["socketlab.bash", "_socketlab", "socketlab.fish", "_socketlab.ps1"] {
            assert!(read(shell).contains(command), "{command} in {shell}");
        }
    }
    assert!(read("socketlab-listen.1").contains("\\-\\-recv\\-size"));
    // A file in the way is said, not hidden.
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let failed = run(&["generate", file.to_str().unwrap()], b"");
    assert_eq!(failed.code, Some(1));
    assert!(failed.err.contains("exists"), "{}", failed.err);
}
