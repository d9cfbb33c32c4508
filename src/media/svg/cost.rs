//! What drawing an SVG would cost, estimated before it is drawn: nothing can stop that once it runs, and whoever gave it up
//! still pays for it. Counts pixels that are touched, every time they are; a pattern in a pattern is drawn for each use.

use resvg::usvg::{Group, ImageKind, Node, Paint, Path, Pattern, Rect, Transform, filter};

/// Pixels that may be touched: half a minute of work for one thread, which heavy maps stay far below.
const MOST: f64 = 20e9;
/// What an element costs, however small it is.
const ELEMENT: f64 = 200.0;
/// Patterns, masks and clips in each other; each level takes stack.
const DEEPEST: u32 = 40;

/// Why it is not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It would take too long.
    Work,
    /// One of its parts would need more pixels than the picture may have.
    Memory,
}

/// Counts what is still allowed.
pub(super) struct Cost {
    left: f64,
    /// Of the picture, in pixels.
    canvas: (f64, f64),
    /// Pixels that a part may have.
    largest: f64,
}

impl Cost {
    /// Says whether a tree may be drawn into a picture of this size.
    pub(super) fn check(root: &Group, (width, height): (u32, u32), largest: u64) -> Result<(), Refused> {
        #[expect(clippy::cast_precision_loss, reason = "a bound")]
        let largest = largest as f64;
        let mut cost = Self { left: MOST, canvas: (width.into(), height.into()), largest };
        cost.group(root, 1.0, 0)
    }

    fn take(&mut self, pixels: f64) -> Result<(), Refused> {
        self.left -= pixels + ELEMENT;
        if self.left > 0.0 { Ok(()) } else { Err(Refused::Work) }
    }

    /// Of a rectangle, as far as it is in the picture.
    fn area(&self, rect: Rect, scale: f64) -> f64 {
        let (width, height) = (f64::from(rect.width()) * scale, f64::from(rect.height()) * scale);
        width.min(self.canvas.0).max(1.0) * height.min(self.canvas.1).max(1.0)
    }

    fn group(&mut self, group: &Group, scale: f64, depth: u32) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(Refused::Work);
        }
        if group.should_isolate() {
            let area = self.area(group.abs_layer_bounding_box().to_rect(), scale);
            self.take(area * 4.0)?;
            for filter in group.filters() {
                self.filter(filter, area, scale)?;
            }
        }
        let mut clip = group.clip_path();
        let mut level = depth;
        while let Some(next) = clip {
            self.layer(next.root(), scale, level + 1)?;
            (clip, level) = (next.clip_path(), level + 1);
        }
        let mut mask = group.mask();
        let mut level = depth;
        while let Some(next) = mask {
            self.layer(next.root(), scale, level + 1)?;
            (mask, level) = (next.mask(), level + 1);
        }
        for node in group.children() {
            match node {
                Node::Group(inner) => self.group(inner, scale, depth)?,
                Node::Path(path) => self.path(path, scale, depth)?,
                Node::Text(text) => self.group(text.flattened(), scale, depth)?,
                Node::Image(image) => match image.kind() {
                    ImageKind::SVG(tree) => self.group(tree.root(), scale, depth + 1)?,
                    _ => self.take(self.area(image.abs_bounding_box(), scale))?,
                },
            }
        }
        Ok(())
    }

    /// A clip or a mask, which is drawn as large as the picture is.
    fn layer(&mut self, root: &Group, scale: f64, depth: u32) -> Result<(), Refused> {
        self.take(self.canvas.0 * self.canvas.1 * 2.0)?;
        self.group(root, scale, depth)
    }

    fn path(&mut self, path: &Path, scale: f64, depth: u32) -> Result<(), Refused> {
        let area = self.area(path.abs_stroke_bounding_box(), scale);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let points = path.data().points().len() as f64;
        self.take(points * 20.0)?;
        for paint in
            path.fill().map(resvg::usvg::Fill::paint).into_iter().chain(path.stroke().map(resvg::usvg::Stroke::paint))
        {
            let each = match paint {
                Paint::Color(_) => 1.0,
                Paint::LinearGradient(_) | Paint::RadialGradient(_) => 4.0,
                Paint::Pattern(pattern) => {
                    self.pattern(pattern, path.abs_transform(), scale, depth + 1)?;
                    20.0
                }
            };
            self.take(area * each)?;
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern, at: Transform, scale: f64, depth: u32) -> Result<(), Refused> {
        let (across, down) = at.pre_concat(pattern.transform()).get_scale();
        let (across, down) = (f64::from(across) * scale, f64::from(down) * scale);
        let (width, height) = (f64::from(pattern.rect().width()) * across, f64::from(pattern.rect().height()) * down);
        if width * height > self.largest || width.max(height) > 1e6 {
            return Err(Refused::Memory);
        }
        self.take(width * height)?;
        // What is drawn in it ends where its tile does.
        let outside = std::mem::replace(&mut self.canvas, (width, height));
        let drawn = self.group(pattern.root(), across.max(down), depth);
        self.canvas = outside;
        drawn
    }

    fn filter(&mut self, filter: &filter::Filter, area: f64, scale: f64) -> Result<(), Refused> {
        for primitive in filter.primitives() {
            let each = match primitive.kind() {
                filter::Kind::Turbulence(turbulence) => 60.0 * f64::from(turbulence.num_octaves()),
                // Looks at all pixels around each.
                filter::Kind::Morphology(morphology) => {
                    let side = |radius: f32, most: f64| (2.0 * f64::from(radius) * scale + 1.0).min(most);
                    side(morphology.radius_x().get(), self.canvas.0) * side(morphology.radius_y().get(), self.canvas.1)
                }
                filter::Kind::ConvolveMatrix(convolve) => {
                    f64::from(convolve.matrix().columns()) * f64::from(convolve.matrix().rows())
                }
                filter::Kind::GaussianBlur(_) | filter::Kind::DropShadow(_) => 60.0,
                filter::Kind::DiffuseLighting(_) | filter::Kind::SpecularLighting(_) => 40.0,
                filter::Kind::Image(image) => {
                    self.group(image.root(), scale, 1)?;
                    4.0
                }
                _ => 8.0,
            };
            self.take(area * each)?;
        }
        Ok(())
    }
}
