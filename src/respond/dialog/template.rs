//! Replies with groups and counters in them.

/// Bytes of a filled reply; what is longer is cut.
const LONGEST: usize = 1 << 20;

/// A reply, taken apart once.
#[derive(Debug, Default)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    /// Number or name of a group.
    Group(String),
    Count,
    Total,
}

impl Template {
    /// Takes `$1`, `${name}`, `${count}`, `${total}` and `$$` for what they mean; any other dollar sign is itself.
    pub(super) fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            plain.push_str(before);
            let (part, tail) = dollar(after);
            match part {
                Some(part) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part);
                }
                None => plain.push('$'),
            }
            rest = tail;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Self(parts)
    }

    /// Numbers and names of the groups in it.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Group(name) => Some(name.as_str()),
            Part::Text(_) | Part::Count | Part::Total => None,
        })
    }

    pub(super) fn fill(&self, groups: &Groups<'_>, count: u64, total: u64) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(name) => out.push_str(groups.get(name)),
                Part::Count => out.push_str(&count.to_string()),
                Part::Total => out.push_str(&total.to_string()),
            }
            if out.len() >= LONGEST {
                let mut end = LONGEST;
                while !out.is_char_boundary(end) {
                    end -= 1;
                }
                out.truncate(end);
                break;
            }
        }
        out
    }
}

/// What stands after a dollar sign, and what follows it.
fn dollar(after: &str) -> (Option<Part>, &str) {
    if let Some(tail) = after.strip_prefix('$') {
        return (None, tail);
    }
    if let Some((name, tail)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        let part = match name {
            "count" => Part::Count,
            "total" => Part::Total,
            name => Part::Group(name.to_owned()),
        };
        return (Some(part), tail);
    }
    let digits = after.len() - after.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    match after.split_at_checked(digits) {
        Some((number, tail)) if !number.is_empty() => (Some(Part::Group(number.to_owned())), tail),
        _ => (None, after),
    }
}

/// What a rule found in a message, for the groups of its reply.
pub(super) enum Groups<'a> {
    /// The pattern, or the whole message.
    Whole(&'a str),
    /// What a regular expression took apart.
    Captures(regex::Captures<'a>),
}

impl Groups<'_> {
    /// The text of a group; empty when it took no part or does not exist.
    fn get(&self, name: &str) -> &str {
        let found = match (self, name.parse::<usize>()) {
            (Self::Whole(text), Ok(0)) => Some(*text),
            (Self::Whole(_), _) => None,
            (Self::Captures(captures), Ok(number)) => captures.get(number).map(|group| group.as_str()),
            (Self::Captures(captures), Err(_)) => captures.name(name).map(|group| group.as_str()),
        };
        found.unwrap_or_default()
    }
}
