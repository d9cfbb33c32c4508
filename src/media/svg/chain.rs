//! How long chains are in which elements of an SVG name each other: a pattern that is filled with a pattern, a mask that is
//! masked. Reading and drawing one call themselves for each link, so that twenty thousand of them, two megabytes, would take
//! more stack than there is, and the program with it.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node};

/// Links that a chain may have; drawings that people make have a handful.
const LONGEST: u32 = 100;
/// Patterns, masks and the like that a style sheet may name: whom it gives them to is not looked into.
const STYLED: usize = 100;

/// False when an element names one that names one, and so on, too often.
pub(super) fn is_short(document: &Document) -> bool {
    let ids: HashMap<&str, Node> =
        document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let styled: usize = document
        .descendants()
        .filter(|node| node.has_tag_name("style") || node.tag_name().name() == "style")
        .flat_map(|style| named(style.text().unwrap_or_default()))
        .filter(|id| ids.get(id).is_some_and(|node| leads_on(*node)))
        .count();
    styled <= STYLED && longest(document, &ids) <= LONGEST
}

/// Whether what is named may name others when it is drawn.
fn leads_on(node: Node) -> bool {
    matches!(node.tag_name().name(), "pattern" | "mask" | "clipPath" | "marker" | "filter")
}

/// The ids in the `url(#…)` of a text.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let id = rest.trim_start_matches([' ', '\'', '"']).strip_prefix('#')?;
        id.split([')', '\'', '"', ' ']).next()
    })
}

/// The elements that one names in its own attributes.
fn targets<'a, 'b>(node: Node<'a, 'b>, ids: &HashMap<&str, Node<'a, 'b>>) -> Vec<Node<'a, 'b>> {
    let mut found = Vec::new();
    for attribute in node.attributes() {
        let value = attribute.value();
        let linked = (attribute.name() == "href").then(|| value.trim().strip_prefix('#')).flatten();
        found.extend(named(value).chain(linked).filter_map(|id| ids.get(id).copied()));
    }
    found
}

enum Walk<'a, 'b> {
    Into(Node<'a, 'b>),
    OutOf(Node<'a, 'b>),
}

/// Links of the longest chain. One that bites its tail counts once round; whoever draws it stops there.
fn longest<'a, 'b>(document: &'a Document<'b>, ids: &HashMap<&str, Node<'a, 'b>>) -> u32 {
    let mut depths: HashMap<usize, Option<u32>> = HashMap::new();
    let mut walk = vec![Walk::Into(document.root())];
    let mut most = 0;
    while let Some(step) = walk.pop() {
        match step {
            Walk::Into(node) => {
                let place = node.id().get_usize();
                if depths.contains_key(&place) {
                    continue;
                }
                depths.insert(place, None);
                walk.push(Walk::OutOf(node));
                walk.extend(node.children().filter(Node::is_element).map(Walk::Into));
                walk.extend(targets(node, ids).into_iter().map(Walk::Into));
            }
            Walk::OutOf(node) => {
                let depth = |node: Node| depths.get(&node.id().get_usize()).copied().flatten().unwrap_or(0);
                let inside = node.children().map(depth).max().unwrap_or(0);
                let linked = targets(node, ids).into_iter().map(|target| depth(target) + 1).max().unwrap_or(0);
                let deepest = inside.max(linked);
                most = most.max(deepest);
                depths.insert(node.id().get_usize(), Some(deepest));
            }
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> bool {
        is_short(&Document::parse(text).unwrap())
    }

    #[test]
    fn chains_are_followed_through_attributes_and_links() {
        for (element, way) in [("pattern", "fill='url(#p{})'"), ("mask", "mask=\"url('#p{}')\""), ("g", "href='#p{}'")]
        {
            let one = |level: u32| {
                let way = way.replace("{}", &(level + 1).to_string());
                format!("<{element} id='p{level}'><g><use {way}/></g></{element}>")
            };
            let chain = |links: u32| format!("<svg>{}</svg>", (0..links).map(one).collect::<String>());
            assert!(short(&chain(LONGEST)) && !short(&chain(LONGEST + 2)), "{element}");
        }
        assert!(short("<svg><pattern id='a' fill='url(#b)'/><pattern id='b' fill='url(#a)'/></svg>"), "in a circle");
    }

    #[test]
    fn what_a_style_sheet_names_is_counted_where_it_leads_on() {
        let all = |kind: &str| {
            let rules = (0..300).map(|at| format!(".c{at}{{fill:url(#i{at})}}")).collect::<Vec<_>>().concat();
            let each = (0..300).map(|at| format!("<{kind} id='i{at}'/>")).collect::<Vec<_>>().concat();
            format!("<svg><style>{rules}</style>{each}</svg>")
        };
        assert!(short(&all("linearGradient")) && !short(&all("pattern")));
    }
}
