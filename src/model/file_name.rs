//! Names of new files beside others.

/// `a.png`, `a (2).png` …
#[must_use]
pub fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) if !stem.is_empty() => format!("{stem} ({number}).{ending}"),
        _ => format!("{name} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_before_the_ending() {
        let named = |name| numbered(name, 2);
        assert_eq!(numbered("a.png", 1), "a.png");
        assert_eq!((named("a.png"), named("a"), named(".a")), ("a (2).png".into(), "a (2)".into(), ".a (2)".into()));
    }
}
