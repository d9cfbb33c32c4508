//! The list of licences in the window's About is the list of what is compiled in.

use std::collections::BTreeSet;

#[test]
fn every_crate_of_the_lock_file_is_in_the_list_of_licences() {
    let lock: BTreeSet<String> = include_str!("../Cargo.lock")
        .split("[[package]]")
        .filter_map(|package| {
            let field = |name: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(name))?;
                Some(line.trim_start_matches(" = ").trim_matches('"').to_owned())
            };
            Some(format!("{} {}", field("name")?, field("version")?))
        })
        .filter(|name| !name.starts_with("socketlab"))
        .collect();
    assert!(lock.len() > 100, "the lock file was read");
    let text = include_str!("../assets/licences.txt");
    let lists = text.split("\n───").next().unwrap_or_default();
    let listed: BTreeSet<String> = lists
        .lines()
        .map(|line| line.split(" · ").next().unwrap_or_default().to_owned())
        .filter(|line| line.split(' ').count() == 2 && line.contains('.'))
        .collect();
    let missing: Vec<_> = lock.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&lock).collect();
    assert!(missing.is_empty() && gone.is_empty(), "run dist/licences.py: missing {missing:?}, gone {gone:?}");
}
