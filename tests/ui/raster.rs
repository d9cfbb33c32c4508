//! Paints what egui gives a graphics card on the processor, the same on every machine, and holds the picture against the
//! one that was kept.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places and colours of a raster, held within the picture before each cast"
)]

use std::{cell::RefCell, collections::HashMap, fs, path::Path, rc::Rc};

use egui::{
    ClippedPrimitive, Color32, ColorImage, Context, FullOutput, ImageData, Mesh, Rect, TextureId, TextureOptions,
    TexturesDelta,
    epaint::{Primitive, Vertex},
};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// How much a channel of a pixel may differ without being counted: rounding of another processor.
const TOLERANCE: u8 = 24;
/// How many pixels of a thousand may differ by more.
const PER_MILLE: usize = 2;

/// Textures as they are handed to a graphics card; shared between the harness, which brings them, and the painter.
#[derive(Clone, Default)]
pub(crate) struct Screen(Rc<RefCell<HashMap<TextureId, (ColorImage, TextureOptions)>>>);

impl TestRenderer for Screen {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.0.borrow_mut();
        for (id, changes) in std::mem::take(&mut delta.set) {
            for change in changes {
                let ImageData::Color(image) = change.image;
                let Some([left, top]) = change.pos else {
                    textures.insert(id, ((*image).clone(), change.options));
                    continue;
                };
                let (whole, _) = textures.get_mut(&id).unwrap();
                for y in 0..image.height() {
                    for x in 0..image.width() {
                        whole[(left + x, top + y)] = image[(x, y)];
                    }
                }
            }
        }
        for id in std::mem::take(&mut delta.free) {
            textures.remove(&id);
        }
    }
}

impl Screen {
    /// The frame as pixels, over a background.
    pub(crate) fn paint(&self, ctx: &Context, output: &FullOutput, background: Color32) -> RgbaImage {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let mut image = RgbaImage::from_pixel(size.x as u32, size.y as u32, Rgba(background.to_array()));
        for ClippedPrimitive { clip_rect, primitive } in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = primitive else { continue };
            self.mesh(&mut image, &mesh, clip_rect, scale);
        }
        image
    }

    fn mesh(&self, image: &mut RgbaImage, mesh: &Mesh, clip: Rect, scale: f32) {
        let textures = self.0.borrow();
        let Some((texture, options)) = textures.get(&mesh.texture_id) else { return };
        for corners in mesh.indices.chunks_exact(3) {
            let corner = |at: usize| {
                let mut vertex = mesh.vertices[corners[at] as usize];
                vertex.pos = (vertex.pos.to_vec2() * scale).to_pos2();
                vertex
            };
            let clip =
                Rect::from_min_max((clip.min.to_vec2() * scale).to_pos2(), (clip.max.to_vec2() * scale).to_pos2());
            triangle(image, [corner(0), corner(1), corner(2)], clip, |uv| sample(texture, *options, uv));
        }
    }
}

/// Fills the pixels whose middle is in a triangle; an edge that two share belongs to one of them.
fn triangle(image: &mut RgbaImage, mut corners: [Vertex; 3], clip: Rect, texel: impl Fn([f32; 2]) -> [f32; 4]) {
    let edge = |a: &Vertex, b: &Vertex, x: f32, y: f32| {
        (b.pos.x - a.pos.x) * (y - a.pos.y) - (b.pos.y - a.pos.y) * (x - a.pos.x)
    };
    let mut area = edge(&corners[0], &corners[1], corners[2].pos.x, corners[2].pos.y);
    if area < 0.0 {
        corners.swap(1, 2);
        area = -area;
    }
    if area == 0.0 {
        return;
    }
    let [a, b, c] = corners;
    let low = |one: f32, two: f32, three: f32, least: f32| one.min(two).min(three).max(least).max(0.0).floor() as u32;
    let high = |one: f32, two: f32, three: f32, most: f32| one.max(two).max(three).min(most).max(0.0).ceil() as u32;
    let owns = |from: &Vertex, to: &Vertex, value: f32| {
        let (dx, dy) = (to.pos.x - from.pos.x, to.pos.y - from.pos.y);
        value > 0.0 || value == 0.0 && (dy < 0.0 || dy == 0.0 && dx > 0.0)
    };
    let right = high(a.pos.x, b.pos.x, c.pos.x, clip.max.x).min(image.width());
    let bottom = high(a.pos.y, b.pos.y, c.pos.y, clip.max.y).min(image.height());
    for y in low(a.pos.y, b.pos.y, c.pos.y, clip.min.y)..bottom {
        for x in low(a.pos.x, b.pos.x, c.pos.x, clip.min.x)..right {
            let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
            if !clip.contains(egui::pos2(px, py)) {
                continue;
            }
            let (wa, wb, wc) = (edge(&b, &c, px, py), edge(&c, &a, px, py), edge(&a, &b, px, py));
            if !(owns(&b, &c, wa) && owns(&c, &a, wb) && owns(&a, &b, wc)) {
                continue;
            }
            let mix = |of: &dyn Fn(&Vertex) -> f32| (of(&a) * wa + of(&b) * wb + of(&c) * wc) / area;
            let texel = texel([mix(&|vertex| vertex.uv.x), mix(&|vertex| vertex.uv.y)]);
            let source: [f32; 4] =
                std::array::from_fn(|at| texel[at] * mix(&|vertex| f32::from(vertex.color.to_array()[at])) / 255.0);
            let under = image.get_pixel_mut(x, y);
            for (under, source_part) in under.0.iter_mut().zip(source) {
                *under = (source_part + f32::from(*under) * (1.0 - source[3] / 255.0)).round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// A texture at a place from 0 to 1, between its pixels where it is to be smooth.
fn sample(texture: &ColorImage, options: TextureOptions, [u, v]: [f32; 2]) -> [f32; 4] {
    let at = |x: i64, y: i64| {
        let inside = |value: i64, length: usize| usize::try_from(value.max(0)).unwrap().min(length - 1);
        texture[(inside(x, texture.width()), inside(y, texture.height()))].to_array().map(f32::from)
    };
    let (x, y) = (u * texture.width() as f32, v * texture.height() as f32);
    if options.magnification == egui::TextureFilter::Nearest {
        return at(x.floor() as i64, y.floor() as i64);
    }
    let (x, y) = (x - 0.5, y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_part, bottom_part) = (x - left, y - top);
    let (left, top) = (left as i64, top as i64);
    let (one, two, three, four) = (at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1));
    std::array::from_fn(|channel| {
        let upper = one[channel] * (1.0 - right_part) + two[channel] * right_part;
        let lower = three[channel] * (1.0 - right_part) + four[channel] * right_part;
        upper * (1.0 - bottom_part) + lower * bottom_part
    })
}

/// Holds a picture against the one that was kept under this name. With `UPDATE_SNAPSHOTS=1` it becomes the kept one.
pub(crate) fn assert_looks(name: &str, image: &RgbaImage) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = root.join("tests/ui/snapshots").join(format!("{name}.png"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(kept.parent().unwrap()).unwrap();
        image.save(&kept).unwrap();
        return;
    }
    let folder = root.join("target/snapshots");
    let wrong = |why: String| -> ! {
        fs::create_dir_all(&folder).unwrap();
        image.save(folder.join(format!("{name}.png"))).unwrap();
        panic!("{name}: {why}; it is in target/snapshots. If that is how it is to look: UPDATE_SNAPSHOTS=1");
    };
    let Ok(before) = image::open(&kept) else { wrong("no such picture was kept".to_owned()) };
    let before = before.into_rgba8();
    if before.dimensions() != image.dimensions() {
        wrong(format!("{:?} and not {:?}", image.dimensions(), before.dimensions()));
    }
    let differs = |(a, b): &(&Rgba<u8>, &Rgba<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > TOLERANCE);
    let changed = image.pixels().zip(before.pixels()).filter(differs).count();
    let all = before.pixels().len();
    if changed * 1000 > all * PER_MILLE {
        wrong(format!("{changed} of {all} pixels look different"));
    }
}
