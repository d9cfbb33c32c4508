//! What is read and pressed in small and magnified windows.

use std::{io::IoSlice, sync::Arc};

use egui::{Role, Shape};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    model::{Encoding, Event, SessionId},
    ui::{
        action::Selection,
        frame::sessions::{self, Health, RowKey, RowList, RowView},
        views::stream::{StreamInput, StreamView},
    },
};

use crate::drawn::{accepted, view};

fn painted(harness: &Harness<'_>) -> Vec<String> {
    let shapes = &harness.output().shapes;
    let words = shapes.iter().filter_map(|clipped| match &clipped.shape {
        Shape::Text(text) => Some(text.galley.rows.iter().map(|row| row.text()).collect()),
        _ => None,
    });
    words.collect()
}

/// The words of one row of the session list, of its title, its address and its note what is painted.
fn row_of(width: f32, key: RowKey, health: Health, words: [&str; 3]) -> Vec<String> {
    let ([title, address, note], list) = (words.map(str::to_owned), RowList::new(vec![key]));
    let (mut harness, _) = view([width, 200.0], move |ui, actions| {
        let describe = |_| {
            Some(RowView {
                health,
                title: title.clone(),
                address: address.clone(),
                note: note.clone(),
                unread: 0,
                tooltip: String::new(),
                actions: Vec::new(),
            })
        };
        sessions::show(ui, &list, Selection::None, &describe, actions);
    });
    harness.run_steps(3);
    painted(&harness)
}

#[test]
fn of_a_listener_the_note_gives_way_before_the_name_and_the_host_before_the_port() {
    let row = |width: f32, health, note: &str| {
        row_of(width, RowKey::Session(SessionId(1)), health, ["manual", "127.0.0.1:21083", note])
    };
    let has = |painted: &[String], words: &str| painted.iter().any(|part| part == words);
    let wide = row(280.0, Health::Bad, "EINVAL");
    for words in ["manual", "127.0.0.1:21083", "EINVAL"] {
        assert!(has(&wide, words), "{words}: {wide:?}");
    }
    assert!(has(&row(140.0, Health::Bad, "EINVAL"), ":21083"));
    let narrow = row(180.0, Health::Bad, "EINVAL");
    assert!(has(&narrow, "manual") && has(&narrow, "…1:21083"), "{narrow:?}");
    assert!(!has(&narrow, "EINVAL"), "a sign stands for it: {narrow:?}");
}

#[test]
fn of_a_visitor_the_note_gives_way_before_the_address_and_a_long_name_before_both() {
    let row = |width: f32, name: &str, address: &str| {
        let key =
            RowKey::Visitor { session: SessionId(1), address: address.parse().ok(), live: 0, ended: 2, open: false };
        row_of(width, key, Health::Over, [name, address, ""])
    };
    let has = |painted: &[String], words: &str| painted.iter().any(|part| part == words);
    let wide = row(280.0, "Anna", "127.0.0.5");
    assert!(["Anna", "127.0.0.5", "left"].into_iter().all(|words| has(&wide, words)), "{wide:?}");
    let narrow = row(180.0, "", "127.0.0.5");
    assert!(has(&narrow, "127.0.0.5") && !has(&narrow, "left"), "{narrow:?}");
    let narrow = row(180.0, "Anna", "192.168.1.57");
    assert!(has(&narrow, "Anna") && narrow.iter().any(|part| part.ends_with(".1.57")), "{narrow:?}");
    let long = row(220.0, "a very long name of somebody", "127.0.0.5");
    assert!(
        has(&long, "127.0.0.5") && long.iter().any(|part| part.starts_with("a ") && part.ends_with('…')),
        "{long:?}"
    );
}

#[test]
fn in_a_low_window_the_messages_of_a_stream_stay_where_its_blocks_have_no_room() {
    let connection = accepted();
    for number in 0..9 {
        let bytes = format!("part {number}");
        connection.traffic(Event::Recv, &[IoSlice::new(bytes.as_bytes())], bytes.len(), bytes.len());
    }
    for (height, blocks) in [(200.0, false), (500.0, true)] {
        let (mut stream, connection) = (StreamView::default(), Arc::clone(&connection));
        let (mut harness, _) = view([450.0, height], move |ui, actions| {
            let input = StreamInput { connection: &connection, encoding: Encoding::Utf8, peer: None };
            stream.show(ui, &input, actions);
        });
        harness.run_steps(6);
        let messages = harness.query_all_by_role(Role::ListItem).count();
        assert!(messages >= 3, "{messages} in {height}");
        assert_eq!(harness.query_by_label("Wider blocks").is_some(), blocks, "{height}");
    }
}
