//! The large view of a picture, with its pixels, as a person uses it: zoom, pan, frames, damage, growth. No display is needed.

use std::{cell::RefCell, io::Cursor, rc::Rc, sync::Arc, time::Duration};

use egui::{
    ColorImage, Event, Key, Modifiers, PointerButton, Pos2, TextureHandle, TextureId, TextureOptions,
    epaint::TextureManager, mutex::RwLock, pos2, vec2,
};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, codecs::gif::GifEncoder};
use socketlab::{
    journal::{NewObject, Objects, Place},
    media::{Format, Limits, header, open},
    model::{ConnectionId, Direction, ObjectId, Picture, PictureEnding, SessionId},
    ui::{
        action::Action,
        views::{
            pictures::lightbox::Lightbox,
            shared::picture::{FrameOf, Opened, PictureSource, PictureState, TileAt},
        },
    },
};

use crate::drawn;

/// Decodes on the spot, and remembers which tiles were asked for.
struct AtOnce {
    objects: Arc<Objects>,
    tiles: RefCell<Vec<TileAt>>,
    canvas: RefCell<Option<(ObjectId, u32, Opened)>>,
}

impl PictureSource for AtOnce {
    fn texture(&self, _: ObjectId) -> PictureState {
        PictureState::Ready { texture: TextureId::default(), size: vec2(40.0, 30.0) }
    }

    fn open(&self, id: ObjectId) -> Opened {
        let object = self.objects.get(id).unwrap();
        let mut canvas = self.canvas.borrow_mut();
        if let Some((_, _, opened)) = canvas.as_ref().filter(|(of, version, _)| (*of, *version) == (id, object.version))
        {
            return opened.clone();
        }
        let opened = match open(&object.content.bytes, None, &Limits::default()) {
            Ok(canvas) => Opened::Ready(Arc::new(canvas)),
            Err(error) => Opened::Failed(Arc::new(error)),
        };
        *canvas = Some((id, object.version, opened.clone()));
        opened
    }

    fn tile(&self, at: TileAt) -> Option<TextureId> {
        self.tiles.borrow_mut().push(at);
        Some(TextureId::default())
    }

    fn frame(&self, _: u32) -> Option<FrameOf> {
        let mut textures = TextureManager::default();
        let id = textures.alloc("frame".to_owned(), ColorImage::example().into(), TextureOptions::LINEAR);
        let texture = TextureHandle::new(Arc::new(RwLock::new(textures)), id);
        Some(FrameOf { texture, pause: Duration::from_millis(100) })
    }
}

/// A picture in which each pixel tells its place.
fn map(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256).to_le_bytes()[0], (y % 256).to_le_bytes()[0], 7]))
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(map(width, height)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn animation(frames: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = |_| Frame::new(DynamicImage::from(map(40, 30)).into_rgba8());
    GifEncoder::new(&mut bytes).encode_frames((0..frames).map(picture)).unwrap();
    bytes
}

fn content(bytes: &[u8], ending: PictureEnding) -> NewObject {
    let header = header(bytes, "").unwrap();
    NewObject {
        session: SessionId(1),
        connection: ConnectionId(1),
        direction: Direction::Inbound,
        place: Place::Body { start: 0, end: bytes.len() as u64 },
        first: 1,
        last: 1,
        name: "127.0.0.1:8000".to_owned(),
        picture: Some(Picture {
            format: header.format.name(),
            extension: header.format.extension(),
            width: header.width,
            height: header.height,
            ending,
        }),
        bytes: bytes.to_vec(),
    }
}

struct View {
    harness: Harness<'static>,
    actions: Rc<RefCell<Vec<Action>>>,
    objects: Arc<Objects>,
    source: Rc<AtOnce>,
}

impl View {
    /// The last of these pictures in the large view.
    fn new(pictures: &[Vec<u8>]) -> Self {
        let objects = Objects::new(64 << 20);
        let mut last = ObjectId(0);
        for picture in pictures {
            last = objects.put(content(picture, PictureEnding::Complete));
        }
        let source = AtOnce { objects: Arc::clone(&objects), tiles: RefCell::default(), canvas: RefCell::default() };
        let source = Rc::new(source);
        let mut lightbox = Lightbox::new(last);
        let (shown, theirs) = (Rc::clone(&source), Arc::clone(&objects));
        let (harness, actions) =
            drawn::view([1000.0, 700.0], move |ui, taken| lightbox.show(ui, &theirs, shown.as_ref(), taken));
        let mut view = Self { harness, actions, objects, source };
        view.steps(5);
        view
    }

    fn steps(&mut self, count: u32) {
        for _ in 0..count {
            self.harness.step();
        }
    }

    fn has(&self, part: &str) -> bool {
        self.harness.query_all_by_label_contains(part).next().is_some()
    }

    /// The place in the picture that is under the pointer, as the view tells it.
    fn under(&mut self, at: Pos2) -> (f32, f32) {
        self.harness.hover_at(at);
        self.steps(3);
        let node = self.harness.get_by_label_contains(" · #");
        let label = node.accesskit_node().value().or_else(|| node.accesskit_node().label()).unwrap();
        let mut parts = label.split(" · ").next().unwrap().split(", ").map(|part| part.parse().unwrap());
        (parts.next().unwrap(), parts.next().unwrap())
    }

    fn wheel(&mut self, points: f32) {
        self.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            modifiers: Modifiers::NONE,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Trackpad,
        });
        self.steps(30);
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.steps(3);
    }

    fn button(&mut self, pos: Pos2, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        self.steps(1);
    }
}

#[test]
fn the_wheel_zooms_at_the_pointer_and_a_drag_takes_the_picture_along() {
    let mut view = View::new(&[png(2000, 1500)]);
    assert!(view.has("2\u{2009}000×1\u{2009}500 · PNG · RGB, 8 bit"));
    let pointer = pos2(400.0, 300.0);
    let before = view.under(pointer);
    view.wheel(480.0);
    let after = view.under(pointer);
    assert!((before.0 - after.0).abs() < 4.0 && (before.1 - after.1).abs() < 4.0, "{before:?} became {after:?}");
    // Seen larger: the same way of the pointer passes fewer pixels.
    let near = view.under(pos2(500.0, 300.0)).0 - view.under(pointer).0;
    view.wheel(-960.0);
    let far = view.under(pos2(500.0, 300.0)).0 - view.under(pointer).0;
    assert!(far > near * 4.0, "{near} and {far}");

    view.harness.get_by_label("Original size").click();
    view.steps(3);
    assert!(view.has("· 100 %"));
    let one = view.under(pointer);
    assert_eq!(view.under(pos2(410.0, 303.0)), (one.0 + 10.0, one.1 + 3.0));
    view.harness.hover_at(pointer);
    view.steps(2);
    view.button(pointer, true);
    for step in 1..=10_u8 {
        view.harness.hover_at(pointer + vec2(10.0, 5.0) * f32::from(step));
        view.steps(1);
    }
    view.button(pointer + vec2(100.0, 50.0), false);
    assert_eq!(view.under(pointer + vec2(100.0, 50.0)), one);
    view.harness.get_by_label("Fit").click();
    view.steps(3);
    assert!(!view.has("· 100 %"));
}

#[test]
fn the_keyboard_alone_zooms_pans_and_goes_on() {
    let mut view = View::new(&[png(300, 200), png(2000, 1500)]);
    view.press(Key::Num1);
    assert!(view.has("· 100 %"));
    view.press(Key::Num0);
    assert!(!view.has("· 100 %"));
    view.press(Key::ArrowLeft);
    assert!(view.has("300×200 · PNG"));
    view.press(Key::ArrowLeft);
    assert!(view.has("300×200 · PNG"), "there is no older one");
    view.press(Key::ArrowRight);
    assert!(view.has("2\u{2009}000×1\u{2009}500 · PNG"));
    let pointer = pos2(400.0, 300.0);
    view.press(Key::Num1);
    let before = view.under(pointer);
    view.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    view.steps(3);
    let after = view.under(pointer);
    assert!(after.0 > before.0 + 20.0 && (after.1 - before.1).abs() < 2.0, "{before:?} became {after:?}");
    view.press(Key::Escape);
    assert!(view.actions.borrow().contains(&Action::CloseLightbox));
}

#[test]
fn only_tiles_in_sight_are_asked_for() {
    let mut view = View::new(&[png(6000, 5000)]);
    view.harness.get_by_label("Original size").click();
    view.steps(3);
    view.source.tiles.borrow_mut().clear();
    view.steps(1);
    let tiles = view.source.tiles.borrow().clone();
    assert!((4..=12).contains(&tiles.len()), "{tiles:?}");
    assert!(tiles.iter().all(|tile| tile.level == 0));
    // Fitted, a pixel of the screen is some of the picture: tiles of a smaller form do.
    view.harness.get_by_label("Fit").click();
    view.steps(3);
    view.source.tiles.borrow_mut().clear();
    view.steps(1);
    let tiles = view.source.tiles.borrow().clone();
    assert!(tiles.iter().all(|tile| tile.level >= 2) && tiles.len() <= 12, "{tiles:?}");
}

#[test]
fn an_animation_plays_pauses_and_goes_by_single_frames() {
    let mut view = View::new(&[animation(3)]);
    view.steps(15);
    assert!(view.has("2 / 3") || view.has("3 / 3"), "it plays by itself");
    view.press(Key::Space);
    let at = (1..=3).find(|at| view.has(&format!("{at} / 3"))).unwrap();
    view.steps(60);
    assert!(view.has(&format!("{at} / 3")), "it stands still");
    view.press(Key::Period);
    assert!(view.has(&format!("{} / 3", at % 3 + 1)));
    view.press(Key::Comma);
    assert!(view.has(&format!("{at} / 3")));
    view.harness.get_by_label("Play").click();
    view.steps(10);
    assert!(view.harness.query_by_label("Pause").is_some());
}

#[test]
fn a_picture_that_grows_says_so_and_then_what_is_wrong() {
    let whole = png(400, 300);
    let mut view = View::new(&[png(50, 40)]);
    let half = whole.get(..whole.len() / 2).unwrap();
    let id = view.objects.grow(None, content(half, PictureEnding::Arriving));
    view.steps(2);
    view.press(Key::ArrowRight);
    assert!(view.has("400×300 · PNG"));
    assert!(view.has("still coming in"));
    let percent = |view: &View| match view.source.open(id) {
        Opened::Ready(canvas) => canvas.damage().and_then(|damage| damage.percent).unwrap_or(100),
        _ => 0,
    };
    let first = percent(&view);
    assert!((10..90).contains(&first), "{first} %");
    let more = whole.get(..whole.len() * 3 / 4).unwrap();
    view.objects.grow(Some(id), content(more, PictureEnding::Arriving));
    view.steps(2);
    assert!(percent(&view) > first);
    view.objects.grow(Some(id), content(more, PictureEnding::CutShort));
    view.steps(2);
    assert!(view.has("the data stops before the end of the picture; "));
    view.objects.grow(Some(id), content(&whole, PictureEnding::Complete));
    view.steps(2);
    assert!(!view.has("still coming in") && !view.has("the data stops"));
}

#[test]
fn it_is_saved_as_it_came_or_as_another_kind_and_copied() {
    let mut view = View::new(&[png(50, 40)]);
    for (item, action) in [
        ("As it came (PNG)", Action::SavePicture(ObjectId(1))),
        ("As JPEG", Action::SavePictureAs(ObjectId(1), Format::Jpeg)),
        ("As WebP, lossless", Action::SavePictureAs(ObjectId(1), Format::WebP)),
    ] {
        view.harness.get_by_label("Save the picture").click();
        view.steps(5);
        view.harness.get_by_label_contains(item).click();
        view.steps(5);
        assert_eq!(view.actions.borrow_mut().pop(), Some(action));
    }
    view.harness.get_by_label("Copy the picture").click();
    view.steps(2);
    assert_eq!(view.actions.borrow_mut().pop(), Some(Action::CopyPicture(ObjectId(1))));
}

#[test]
fn what_cannot_be_shown_says_why() {
    let mut bytes = png(50, 40);
    // A header that claims ten gigapixels.
    bytes.get_mut(16..24).unwrap().copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let view = View::new(&[bytes]);
    assert!(view.has("PNG of 100000 × 100000 pixels is over the limit of 150 megapixels"));
}
