//! What to try in each lab, in order, and what is seen then.

use crate::words::text;

/// The steps of a lab, each a sentence on what to do and what to expect.
#[must_use]
pub fn steps(lab: &str) -> Vec<&'static str> {
    match lab {
        "upper" => vec![
            text!("Start both, type “hello” and press Enter: “HELLO” comes back."),
            text!("Add one more client and type there: nothing comes back, it waits in the backlog."),
            text!("Close the first one, or send eleven lines: the second one is answered at once."),
        ],
        "sized-file" => vec![
            text!("Start both and ask for “ls”: the names of the folder come."),
            text!("Ask for sample.jpg: its length comes first, then exactly so many bytes, and the picture is shown."),
            text!("Look at Stream: recv cuts the file where it likes, never at a mark."),
        ],
        "yes" => vec![
            text!("Start both: one request, one reply “Yes”, and both sides are closed."),
            text!("Start the client alone: it is refused, because the server takes a single client and stops."),
        ],
        "http-page" => vec![
            text!("Start both: the client asks for / and then for the picture, as a browser would."),
            text!("Open the address in a browser: /favicon.ico is asked for as well."),
        ],
        "http-page-classic" => vec![
            text!("Start both: the page is shown, with words on what is missing in its HTTP."),
            text!("Compare Stream with that of the lab “A page with a picture”."),
        ],
        "welcome" => vec![
            text!("Start both: the body is shown although there is no status line and no head."),
            text!("Open the address in a browser: it refuses what has no status line."),
        ],
        "folder" => vec![
            text!("Start both: the list of files comes as a page."),
            text!("Ask for a picture of it: it is found in the stream by its own bytes."),
        ],
        "do-not-answer" => vec![
            text!("Start both: one sentence goes, one comes, and the server closes."),
            text!("Look at the bytes: 14 characters are 38 bytes of UTF-8."),
        ],
        "threading-dialog" => vec![
            text!("Start both: the server speaks first."),
            text!("Add one more client: both are answered, nobody waits."),
            text!("Type “exit” in one of them: it alone is closed."),
        ],
        "udp" => vec![
            text!("Start both and type a line: recvfrom returns it with the address of its sender."),
            text!(
                "Stop the listener and type twice: the system hears by ICMP that nobody listens there, and a call says so."
            ),
        ],
        "unix" => vec![
            text!("Start both: the socket is a file at the path while it listens."),
            text!("Type a line, then look at its calls: no SYN and no ACK, the kernel hands the bytes over."),
        ],
        "daytime" => vec![
            text!("Start both: date and time come without a question, and the server closes."),
            text!("See which port was taken: 13 may need administrator rights."),
        ],
        "families" => vec![
            text!("Start it: every combination shows its descriptor, or the number of its error."),
            text!("Choose protocol 17 and start again: SOCK_STREAM is refused with it, SOCK_DGRAM is not."),
        ],
        "reach" => vec![
            text!(
                "Start both: the right address gives 0, the wrong port is refused at once, the wrong host answers nothing for 3 s."
            ),
            text!("Stop the listener and start the client: now the right address is refused too."),
        ],
        "backlog" => vec![
            text!("Start both: one client is served every 2 s, some wait in the queue."),
            text!("The others give up after 1.5 s: their SYN was not answered."),
        ],
        "handshake" => vec![
            text!("Start both: SYN, SYN ACK, ACK on both ladders, before the first byte."),
            text!("Half-close the client: its FIN arrives, recv returns 0 there, and the other direction stays open."),
            text!(
                "Close: the second FIN and its ACK make four steps, and TIME_WAIT stays with the end that closed first."
            ),
        ],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::labs;

    #[test]
    fn every_lab_says_what_to_try() {
        for lab in labs() {
            assert!(steps(lab.id).len() >= 2, "{}", lab.id);
        }
        assert!(steps("no such lab").is_empty());
    }
}
