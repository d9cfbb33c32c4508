//! What visitors of a site bring, told with who they are and with the picture that it is.

use std::io::{Read as _, Write as _};

use socketlab::{
    engine::{Command, Notice},
    model::{
        ConnectionId, Direction, ListenConfig, ObjectId, Recipe, Serving, SessionId, Site, SiteNews, Target, Uploads,
    },
};

use crate::{
    lab::{Lab, call},
    pictures::png,
};

fn site(lab: &mut Lab, folder: &std::path::Path) -> (SessionId, std::net::SocketAddr, String) {
    let uploads = Some(Uploads { folder: folder.to_owned(), limit: 1 << 20 });
    let serving = Serving { uploads, board: true, ..Serving::default() };
    let config = ListenConfig { recipe: Recipe::Http(Site::Welcome), serving, ..ListenConfig::default() };
    let (session, address) = lab.listen_as(config);
    let token = lab.wait("the token", |notice| match notice {
        Notice::Site { news: SiteNews::Token(token), .. } => Some(token.clone()),
        _ => None,
    });
    (session, address, token)
}

fn said(lab: &mut Lab) -> SiteNews {
    lab.wait("something that was said", |notice| match notice {
        Notice::Site { news: news @ SiteNews::Said { .. }, .. } => Some(news.clone()),
        _ => None,
    })
}

fn bytes(lab: &Lab, id: Option<ObjectId>) -> Option<Vec<u8>> {
    lab.engine.objects().get(id?).map(|object| object.content.bytes.clone())
}

#[test]
fn what_is_said_comes_with_its_name_its_record_and_its_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new();
    let (session, address, token) = site(&mut lab, folder.path());
    let mut visitor = call(address);
    let head =
        format!("POST {}?from=Anna HTTP/1.1\r\nHost: localhost\r\nX-Socketlab-Token: {token}\r\n", Serving::BOARD);
    write!(visitor, "{head}Content-Length: 5\r\n\r\nhello").unwrap();
    let SiteNews::Said { by, text, picture: None } = said(&mut lab) else { panic!("a text") };
    assert_eq!((by.name.as_str(), text.as_str()), ("Anna", "hello"));
    assert!(by.connection.is_some() && by.record > 0);
    // In chunks its bytes do not stand together in the stream; it is there all the same.
    let png = png(40);
    let (one, other) = png.split_at(1000);
    write!(visitor, "{head}Transfer-Encoding: chunked\r\n\r\n").unwrap();
    for chunk in [one, other] {
        write!(visitor, "{:x}\r\n", chunk.len()).unwrap();
        visitor.write_all(chunk).unwrap();
        write!(visitor, "\r\n").unwrap();
    }
    write!(visitor, "0\r\n\r\n").unwrap();
    let SiteNews::Said { picture: Some(picture), .. } = said(&mut lab) else { panic!("a picture") };
    assert_eq!((picture.length, bytes(&lab, picture.object)), (png.len() as u64, Some(png.clone())));
    // One whose bytes stand together was found as it went by, and is there once.
    write!(visitor, "{head}Content-Length: {}\r\n\r\n", png.len()).unwrap();
    visitor.write_all(&png).unwrap();
    let SiteNews::Said { picture: Some(picture), .. } = said(&mut lab) else { panic!("a picture") };
    let whole = lab.engine.objects().newest(100);
    let same = whole.iter().filter(|object| object.content.bytes == png).count();
    assert_eq!((bytes(&lab, picture.object), same), (Some(png.clone()), 2), "the first one and this one");
    // What this PC says is nobody's connection, and its picture is there as well.
    lab.ask(Command::Send { to: Target::Session(session), bytes: png.clone().into() });
    let SiteNews::Said { by, picture: Some(picture), .. } = said(&mut lab) else { panic!("a picture") };
    assert_eq!((by.connection, by.record), (ConnectionId::NONE, 0));
    let own = lab.engine.objects().get(picture.object.unwrap()).unwrap();
    assert_eq!((own.content.direction, &own.content.bytes), (Direction::Outbound, &png));
    assert!(own.content.picture.is_some());
}

/// Two pictures without packing have one length, whatever is on them.
fn bitmap(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([shade; 3]));
    picture.write_to(&mut bytes, image::ImageFormat::Bmp).unwrap();
    bytes.into_inner()
}

#[test]
fn files_of_one_length_are_each_told_with_the_picture_that_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new();
    let (_, address, token) = site(&mut lab, folder.path());
    let mut body = Vec::new();
    for (name, content) in [("a.bmp", bitmap(1)), ("notes.txt", b"words".to_vec()), ("b.bmp", bitmap(200))] {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let mut visitor = call(address);
    write!(
        visitor,
        "POST /.socketlab/upload HTTP/1.1\r\nHost: localhost\r\nX-Socketlab-Token: {token}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    visitor.write_all(&body).unwrap();
    let mut answer = Vec::new();
    let _ = visitor.read_to_end(&mut answer);
    for (name, expected) in [("a.bmp", Some(bitmap(1))), ("notes.txt", None), ("b.bmp", Some(bitmap(200)))] {
        let (path, picture) = lab.wait("a file", |notice| match notice {
            Notice::Site { news: SiteNews::Saved { path, picture, .. }, .. } if path.ends_with(name) => {
                Some((path.clone(), *picture))
            }
            _ => None,
        });
        assert_eq!(bytes(&lab, picture), expected, "{name}");
        assert!(path.starts_with(folder.path()));
    }
}

#[test]
fn a_file_is_not_told_with_another_picture_of_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new();
    let (_, address, token) = site(&mut lab, folder.path());
    let mut visitor = call(address);
    let (said_before, sent) = (bitmap(1), bitmap(200));
    let head = format!("HTTP/1.1\r\nHost: localhost\r\nX-Socketlab-Token: {token}\r\nContent-Length: {}", sent.len());
    write!(visitor, "POST {} {head}\r\n\r\n", Serving::BOARD).unwrap();
    visitor.write_all(&said_before).unwrap();
    said(&mut lab);
    write!(visitor, "POST /.socketlab/upload?name=b.bmp {head}\r\n\r\n").unwrap();
    visitor.write_all(&sent).unwrap();
    let picture = lab.wait("a file", |notice| match notice {
        Notice::Site { news: SiteNews::Saved { picture, .. }, .. } => Some(*picture),
        _ => None,
    });
    assert_eq!(bytes(&lab, picture), Some(sent));
}
