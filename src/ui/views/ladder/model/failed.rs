//! The ladder of a session that came to nothing.

use crate::{
    model::{Direction, Errno, Failure, Name, Operation, Reason},
    ui::{
        kit::form::capitalised,
        views::{
            ladder::model::{
                arguments,
                step::{Kind, Step},
            },
            shared::calls,
        },
    },
    words::text,
};

/// The names on top of the lines when nobody was reached.
#[must_use]
pub fn failed_names(failure: &Failure) -> [String; 2] {
    let binds = matches!(failure.operation, Operation::Bind | Operation::Listen);
    let peer = if binds { text!("nobody yet").to_owned() } else { failure.address.clone() };
    [text!("this end").to_owned(), peer]
}

/// The calls of a session that came to nothing, up to the one that failed.
#[must_use]
pub fn failed(failure: &Failure) -> Vec<Step> {
    let address = Name::parse(&failure.address);
    let (word, arguments) = (failure.operation.word(), arguments(&address));
    let mut steps = Vec::new();
    if !matches!(failure.operation, Operation::Resolve | Operation::Socket) {
        steps.push(Step::call("socket()"));
    }
    if failure.operation == Operation::Listen {
        steps.push(Step::call(format!("bind({arguments})")));
    }
    let mut last = Step::call(format!("{word} = -1, {}", failure.name())).noted(calls::number_pair(failure));
    last.trouble = true;
    match failure.operation {
        Operation::Connect => {
            let connect = Step::call(format!("connect({arguments}) …"));
            if address.inet().is_none() && failure.address.contains('/') {
                steps.push(connect);
            } else {
                match failure.error {
                    Errno::ECONNREFUSED => {
                        steps.push(connect.with(Direction::Outbound, "SYN"));
                        let by_firewall = matches!(failure.reason, Some(Reason::Unreached { .. }));
                        last = last.with(Direction::Inbound, if by_firewall { "ICMP" } else { "RST, ACK" });
                    }
                    Errno::ETIMEDOUT => {
                        steps.push(connect.with(Direction::Outbound, "SYN").noted(text!("no answer")));
                        steps.push(Step::wire(Direction::Outbound, text!("SYN, again and again")));
                    }
                    _ => steps.push(connect),
                }
            }
        }
        Operation::Resolve => steps.push(Step::call(format!("getaddrinfo({}) …", failure.address))),
        Operation::Socket => {}
        _ => steps.push(Step::call(format!("{word}({arguments}) …"))),
    }
    steps.push(last);
    let end = Step { kind: Kind::End, ..Step::call(capitalised(&failure.message())) };
    steps.push(end.noted(capitalised(&failure.hint())));
    steps
}
