//! JSON as a person reads it: with line breaks.

use serde::de::IgnoredAny;

/// Deeper values stand no further to the right: the spaces of ten thousand levels would fill the memory.
const DEEPEST: usize = 32;

/// JSON with one value a line, in the order in which it came; `None` when it is not JSON.
pub(super) fn json(body: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(body).ok()?;
    let mut out = String::with_capacity(body.len() * 2);
    let mut depth = 0_usize;
    let mut chars = body.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
    };
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                out.push('"');
                while let Some(char) = chars.next() {
                    out.push(char);
                    match char {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                out.push(char);
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(char);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            char if char.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_order_and_its_numbers() {
        let pretty = json(r#"{"b":1.50,"a":[true,{}, []],"s":"x,\"{"}"#).unwrap();
        assert_eq!(pretty, "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    {},\n    []\n  ],\n  \"s\": \"x,\\\"{\"\n}");
        assert_eq!(json("{]"), None);
    }

    #[test]
    fn what_is_deep_grows_no_faster_than_it_is_long() {
        let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
        assert!(json(&deep).unwrap().len() < 80 * deep.len());
    }
}
