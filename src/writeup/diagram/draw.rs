//! A graph as a drawing: boxes in rows, straight edges from row to row, feedback edges round the side.
//!
//! Invariant: boxes of a row are equally high and edges pass rows at places of their own, so that no
//! edge touches a box but at its ends, and no label anything.

use super::layers::{Rows, depths};
use super::place::places;
use super::{Graph, Node, Part};
use crate::writeup::document::Inline;
use crate::writeup::picture::{Draughtsman, Drawing, PAGE, Shape, box_shape, head, length, path, words};
use std::collections::BTreeMap;

const LETTERS: f64 = 2.7;
const SMALL: f64 = 2.1;
/// Between boxes of a row.
const GAP: f64 = 3.2;
/// What an edge takes that passes a row.
const PASS: f64 = 1.6;
/// Between the lines of several feedback edges.
const TRACK: f64 = 1.7;
const HEAD: f64 = 1.5;
const EDGE: f64 = 0.5;

/// How far lines keep away from what they pass.
const NEAR: f64 = 0.8;
/// Half the height of a formula on an edge.
const HALF: f64 = 1.7;

/// Where everything stands.
struct Plan {
    /// How many nodes there are; the spots that follow are the formulas of edges, then places that edges pass.
    nodes: usize,
    /// The edges that have formulas.
    tagged: Vec<usize>,
    /// The edges, those that have formulas in two pieces.
    forward: Vec<(usize, usize)>,
    x: Vec<f64>,
    widths: Vec<f64>,
    /// Upper and lower edge of each row.
    bands: Vec<(f64, f64)>,
    row: Vec<usize>,
    rows: Rows,
}

/// The drawing of a graph, its words written for one format.
pub fn drawing(graph: &Graph, pen: &Draughtsman<'_>) -> Drawing {
    let mut plan = self::plan(graph, pen, 1.0);
    if plan.right() > PAGE {
        plan = self::plan(graph, pen, PAGE / plan.right());
    }
    let mut shapes: Vec<Shape> = Vec::new();
    edges(&plan, graph, &mut shapes);
    dangling(&plan, graph, &mut shapes);
    let sides = feedback(&plan, graph, &mut shapes);
    for (number, node) in graph.nodes.iter().enumerate() {
        draw_node(&plan, number, node, pen, &mut shapes);
    }
    for (spot, edge) in (plan.nodes..).zip(&plan.tagged) {
        let tag = graph.edges[*edge].piece.map(|piece| graph.tag(piece)).unwrap_or_default();
        shapes.push(words(pen.line(&tag), plan.x[spot], plan.middle(spot), "middle", SMALL));
    }
    let width = sides.right - sides.left + 2.0 * EDGE;
    let height = sides.bottom + EDGE;
    let scale = (PAGE / width).min(1.0);
    let moved = shapes.into_iter().map(|shape| shape.transformed(EDGE - sides.left, EDGE, scale)).collect();
    let rounded = |value: f64| (value * scale * 100.0).round() / 100.0;
    let drawn = Drawing {
        width: rounded(width),
        height: rounded(height + EDGE),
        shapes: moved,
        caption: pen.prose(&graph.caption),
        ..Drawing::default()
    };
    let list = graph.list();
    if list.is_empty() { drawn } else { pen.above(drawn, &list) }
}

/// Where everything stands, with letters as wide as they are when the drawing is scaled.
fn plan(graph: &Graph, pen: &Draughtsman<'_>, scale: f64) -> Plan {
    let nodes = graph.nodes.len();
    let mut tagged: Vec<usize> = Vec::new();
    let mut forward: Vec<(usize, usize)> = Vec::new();
    for (place, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| edge.back.is_none()) {
        if edge.piece.is_some() {
            let spot = nodes + tagged.len();
            forward.extend([(edge.from, spot), (spot, edge.to)]);
            tagged.push(place);
        } else {
            forward.push((edge.from, edge.to));
        }
    }
    let mut widths: Vec<f64> = graph.nodes.iter().map(|node| node_width(node, pen, scale)).collect();
    let tags = tagged.iter().filter_map(|edge| graph.edges[*edge].piece);
    widths.extend(tags.map(|piece| pen.reach(&graph.tag(piece), SMALL, scale) + 1.2));
    let rows = Rows::new(lifts(nodes, &widths, &forward), &forward);
    let passing = widths.len();
    widths.resize(rows.count, PASS);
    let x = places(&rows, &widths, GAP, |spot| spot >= passing);
    let mut row = vec![0; rows.count];
    for (level, spots) in rows.rows.iter().enumerate() {
        spots.iter().for_each(|spot| row[*spot] = level);
    }
    let bands = bands(graph, &rows, &row, &x);
    Plan { nodes, tagged, forward, x, widths, bands, row, rows }
}

/// How far ends are lifted: to just below what feeds them, and where they would make a row wider than the page, into
/// several rows. Ends that are fed without formulas stay below.
fn lifts(nodes: usize, widths: &[f64], forward: &[(usize, usize)]) -> Vec<usize> {
    let mut lift = vec![0; widths.len()];
    let depth = depths(lift.clone(), forward);
    let mut levels: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for end in (0..nodes).filter(|node| forward.iter().all(|(from, _)| from != node)) {
        let into = || forward.iter().filter(|(_, to)| *to == end).map(|(from, _)| *from);
        let above = forward.iter().filter(|(_, to)| into().any(|tag| tag == *to)).map(|(from, _)| depth[*from]);
        let near = above.min().map_or(0, |depth| depth.saturating_sub(2));
        lift[end] = if into().all(|from| from >= nodes) { near } else { 0 };
        levels.entry(lift[end]).or_default().push(end);
    }
    for ends in levels.values() {
        let whole: f64 = ends.iter().map(|end| widths[*end] + GAP).sum();
        let count = (whole / PAGE).ceil().max(1.0) as usize;
        for (k, end) in ends.iter().enumerate() {
            let tagged = forward.iter().any(|(from, to)| to == end && *from >= nodes);
            lift[*end] += (k % count) * if tagged { 2 } else { 1 };
        }
    }
    lift
}

/// Upper and lower edge of each row.
fn bands(graph: &Graph, rows: &Rows, row: &[usize], x: &[f64]) -> Vec<(f64, f64)> {
    let back: Vec<(usize, usize)> =
        graph.edges.iter().filter(|e| e.back.is_some()).map(|e| (row[e.from], row[e.to])).collect();
    let tracks =
        |level: usize| back.iter().filter(|(from, to)| *from + 1 == level || *to == level).count() as f64 * TRACK;
    let dangling = graph.nodes.iter().any(|node| node.part == Part::Earlier) && back.is_empty();
    let plain = |level: usize| {
        let spots = rows.rows.get(level);
        spots.is_some_and(|spots| spots.iter().all(|spot| *spot >= graph.nodes.len()))
    };
    let mut bands = Vec::new();
    let mut y = if dangling {
        4.0
    } else if tracks(0) > 0.0 {
        2.0 + tracks(0)
    } else {
        0.0
    };
    for (level, spots) in rows.rows.iter().enumerate() {
        let signed = spots.iter().any(|spot| graph.nodes.get(*spot).is_some_and(|node| !node.sign.is_empty()));
        let later = spots.iter().all(|spot| graph.nodes.get(*spot).is_some_and(|node| node.part == Part::Later));
        let high = if plain(level) {
            2.0 * HALF
        } else if signed {
            8.6
        } else if later {
            3.0
        } else {
            5.6
        };
        bands.push((y, y + high));
        let links = rows.links.iter().filter(|(from, _)| row[*from] == level);
        let slant = links.map(|(from, to)| (x[*from] - x[*to]).abs()).fold(0.0, f64::max);
        let between = if plain(level) || plain(level + 1) { 3.2 } else { 5.5 };
        y += high + between + tracks(level + 1) + (slant / 9.0).min(7.0);
    }
    bands
}

fn node_width(node: &Node, pen: &Draughtsman<'_>, scale: f64) -> f64 {
    let label = length(&pen.spelled(node), LETTERS).max(pen.reach(&[Inline::Math(node.math())], LETTERS, scale));
    let sign = length(&node.sign, SMALL);
    (label.max(sign) + 3.0).max(9.0)
}

impl Plan {
    fn is_tag(&self, spot: usize) -> bool {
        (self.nodes..self.nodes + self.tagged.len()).contains(&spot)
    }

    fn band(&self, spot: usize) -> (f64, f64) {
        self.bands[self.row[spot]]
    }

    fn right(&self) -> f64 {
        (0..self.x.len()).map(|spot| self.x[spot] + self.widths[spot] / 2.0).fold(0.0, f64::max)
    }

    fn middle(&self, spot: usize) -> f64 {
        let (top, bottom) = self.band(spot);
        (top + bottom) / 2.0
    }

    /// Left, upper, right and lower edge of a box or a formula.
    fn extent(&self, spot: usize) -> [f64; 4] {
        let (half, (top, bottom)) = (self.widths[spot] / 2.0, self.band(spot));
        let (top, bottom) = match self.is_tag(spot) {
            true => (self.middle(spot) - HALF, self.middle(spot) + HALF),
            false => (top, bottom),
        };
        [self.x[spot] - half, top, self.x[spot] + half, bottom]
    }

    /// A line with the corners left out that nothing makes necessary.
    fn straightened(&self, points: &[(f64, f64)], (from, to): (usize, usize)) -> Vec<(f64, f64)> {
        let spots = (0..self.nodes + self.tagged.len()).filter(|spot| *spot != from && *spot != to);
        let obstacles: Vec<[f64; 4]> = spots.map(|spot| self.extent(spot)).collect();
        let clear = |a: (f64, f64), b: (f64, f64)| !obstacles.iter().any(|obstacle| meets(a, b, obstacle));
        let mut kept = vec![points[0]];
        let mut at = 0;
        while at + 1 < points.len() {
            let reached = (at + 1..points.len()).rev().find(|next| clear(points[at], points[*next]));
            at = reached.unwrap_or(at + 1);
            kept.push(points[at]);
        }
        kept
    }
}

/// Whether a line comes near a rectangle.
fn meets(a: (f64, f64), b: (f64, f64), [left, top, right, bottom]: &[f64; 4]) -> bool {
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    let sides = [(a.0, b.0, left - NEAR, right + NEAR), (a.1, b.1, top - NEAR, bottom + NEAR)];
    for (start, end, low, high) in sides {
        let way = end - start;
        if way.abs() < 1e-9 {
            if start <= low || high <= start {
                return false;
            }
            continue;
        }
        let (enter, leave) = ((low - start) / way, (high - start) / way);
        first = first.max(enter.min(leave));
        last = last.min(enter.max(leave));
    }
    first < last
}

/// Edges from the lower edge of a box to the upper edge of another, interrupted by their formulas, and as straight
/// as what lies between allows.
fn edges(plan: &Plan, graph: &Graph, shapes: &mut Vec<Shape>) {
    let ports = ports(plan);
    for (from, to) in &plan.forward {
        let mut points = vec![(plan.x[*from], plan.band(*from).1)];
        if plan.is_tag(*from) {
            points.insert(0, (plan.x[*from], plan.middle(*from) + HALF));
        }
        let mut last = *from;
        for level in plan.row[*from] + 1..plan.row[*to] {
            last = plan.rows.passing[&(*from, level)];
            points.extend([(plan.x[last], plan.bands[level].0), (plan.x[last], plan.bands[level].1)]);
        }
        points.push((ports.get(&(last, *to)).copied().unwrap_or(plan.x[*to]), plan.band(*to).0));
        if plan.is_tag(*to) {
            points.push((plan.x[*to], plan.middle(*to) - HALF));
        }
        let points = plan.straightened(&points, (*from, *to));
        match *to < plan.nodes {
            true => arrow(&points, graph.nodes[*to].part == Part::Later, shapes),
            false => shapes.push(path(&points, false)),
        }
    }
}

/// Where the edges arrive at the upper edges of boxes, by the spots from which they come.
fn ports(plan: &Plan) -> BTreeMap<(usize, usize), f64> {
    let mut ports = BTreeMap::new();
    for to in 0..plan.nodes {
        let mut into: Vec<usize> = plan.rows.links.iter().filter(|(_, t)| *t == to).map(|(from, _)| *from).collect();
        into.sort_by(|a, b| plan.x[*a].total_cmp(&plan.x[*b]));
        let step = (0.66 * plan.widths[to] / into.len().max(1) as f64).min(3.0);
        let first = plan.x[to] - step * (into.len() as f64 - 1.0) / 2.0;
        into.iter().enumerate().for_each(|(k, from)| {
            ports.insert((*from, to), first + step * k as f64);
        });
    }
    ports
}

/// What comes into the first of several steps from those before.
fn dangling(plan: &Plan, graph: &Graph, shapes: &mut Vec<Shape>) {
    if graph.edges.iter().any(|edge| edge.back.is_some()) {
        return;
    }
    for (number, _) in graph.nodes.iter().enumerate().filter(|(_, node)| node.part == Part::Earlier) {
        let (x, top) = (plan.x[number], plan.bands[plan.row[number]].0);
        arrow(&[(x, top - 3.8), (x, top)], true, shapes);
    }
}

/// A line with a head at its end.
fn arrow(points: &[(f64, f64)], dashed: bool, shapes: &mut Vec<Shape>) {
    let [.., before, tip] = points else { return };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = dx.hypot(dy).max(0.01);
    let (dx, dy) = (dx / length, dy / length);
    let base = (tip.0 - dx * HEAD, tip.1 - dy * HEAD);
    let side = HEAD * 0.36;
    let mut line = points.to_vec();
    if let Some(last) = line.last_mut() {
        *last = base;
    }
    shapes.push(path(&line, dashed));
    shapes.push(head([*tip, (base.0 - dy * side, base.1 + dx * side), (base.0 + dy * side, base.1 - dx * side)]));
}

/// How far the drawing reaches.
struct Sides {
    left: f64,
    right: f64,
    bottom: f64,
}

/// Feedback edges: down from the box, along its row, up beside all boxes, and down onto the node that
/// stands for the earlier step; at the side on which that node is.
fn feedback(plan: &Plan, graph: &Graph, shapes: &mut Vec<Shape>) -> Sides {
    let right = plan.right();
    let bottom = plan.bands.last().map_or(0.0, |band| band.1);
    let mut sides = Sides { left: 0.0, right, bottom };
    let mut back: Vec<(usize, usize, &String)> =
        graph.edges.iter().filter_map(|e| Some((e.from, e.to, e.back.as_ref()?))).collect();
    let inwards = |spot: usize| plan.x[spot].min(right - plan.x[spot]);
    back.sort_by(|a, b| plan.row[b.1].cmp(&plan.row[a.1]).then(inwards(a.1).total_cmp(&inwards(b.1))));
    let mut below: BTreeMap<usize, f64> = BTreeMap::new();
    let mut above: BTreeMap<usize, f64> = BTreeMap::new();
    let mut starts: BTreeMap<(usize, bool), f64> = BTreeMap::new();
    for (from, to, label) in back {
        let leftwards = plan.x[to] < right / 2.0;
        let room = 0.6 * LETTERS * 0.9 * label.chars().count() as f64;
        let under = below.entry(plan.row[from]).or_insert(0.6);
        *under += TRACK;
        let over = above.entry(plan.row[to]).or_insert(HEAD + 0.2);
        *over += TRACK;
        let start = starts.entry((from, leftwards)).or_insert(0.2);
        let shift = plan.widths[from] * *start;
        *start += 0.14;
        let x = plan.x[from] + if leftwards { -shift } else { shift };
        let (y, down) = (plan.bands[plan.row[from]].1, plan.bands[plan.row[from]].1 + *under);
        let (top, up) = (plan.bands[plan.row[to]].0, plan.bands[plan.row[to]].0 - *over);
        let lane = if leftwards { sides.left - 2.0 } else { sides.right + 2.0 };
        arrow(&[(x, y), (x, down), (lane, down), (lane, up), (plan.x[to], up), (plan.x[to], top)], true, shapes);
        let (at, anchor) = if leftwards { (lane - 0.9, "end") } else { (lane + 0.9, "start") };
        shapes.push(words(label.clone(), at, (up + down) / 2.0, anchor, SMALL + 0.2));
        match leftwards {
            true => sides.left = lane - 1.4 - room,
            false => sides.right = lane + 1.4 + room,
        }
        sides.bottom = sides.bottom.max(down + 0.4);
    }
    sides
}

fn draw_node(plan: &Plan, number: usize, node: &Node, pen: &Draughtsman<'_>, shapes: &mut Vec<Shape>) {
    let (x, half) = (plan.x[number], plan.widths[number] / 2.0);
    let (top, bottom) = plan.bands[plan.row[number]];
    let middle = (top + bottom) / 2.0;
    let class = match node.part {
        Part::Input => Some(2),
        Part::Weight => Some(7),
        Part::Computed => Some(0),
        Part::Output => Some(1),
        Part::Loss => Some(4),
        Part::Earlier => None,
        Part::Later => {
            shapes.push(words(pen.dots(), x, top + 1.8, "middle", LETTERS));
            return;
        }
    };
    let earlier = node.part == Part::Earlier;
    shapes.push(Shape { dashed: earlier, ..box_shape((x - half, top), (x + half, bottom), class) });
    let high = if node.sign.is_empty() { middle } else { middle - 1.5 };
    shapes.push(Shape { class, ..pen.label(node, x, high, LETTERS) });
    if !node.sign.is_empty() {
        shapes.push(Shape { class, ..words(pen.sign(&node.sign), x, middle + 2.0, "middle", SMALL) });
    }
}
