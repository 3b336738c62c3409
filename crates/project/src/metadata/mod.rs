//! Components and the project that they form, as they are written in the files.
//!
//! May assume that a component's document is well-formed and has the root element of its kind; everything else is a
//! [`Problem`]. Refuses to know any rule, any default and any meaning across files: that is the crate `facts`.

mod egress;
pub mod kind;
pub mod managed;
mod suffixes;

use std::sync::Arc;

use serde::Serialize;

use crate::cache::Cache;
use crate::forceignore::Dead;
use crate::replace::Replaced;
use kind::{KindId, Part};
use sessionlint_apex::{Code, TextKind, Unit};
use sessionlint_source::budget::{Budget, Lease};
use sessionlint_source::{FileId, Place, Sources, Span};
use sessionlint_xml::{Document, NodeId};

pub use egress::Egress;

/// One metadata component: a file that was understood.
#[derive(Debug)]
pub struct Component {
    /// Its metadata type.
    pub kind: KindId,
    /// fullName as a manifest writes it: the file's stem, undecoded.
    pub name: String,
    /// Its file.
    pub file: FileId,
    /// The content of the file.
    pub document: Arc<Document>,
    /// Index of its package directory.
    pub package: usize,
    /// The plain-named file beside it with the same content.
    pub twin: Option<FileId>,
    /// What of a decomposed component the file holds. The whole has a file of its own, or none, and both have one name.
    pub part: Option<&'static Part>,
}

impl Component {
    /// The first element at `path` (`a.b.c`, below the root).
    pub fn node(&self, path: &str) -> Option<NodeId> {
        self.document.path(self.document.root(), path)
    }

    /// The text at `path`; `None` where the element is absent, nil, empty or holds elements.
    pub fn text(&self, path: &str) -> Option<&str> {
        let node = self.node(path)?;
        text_of(&self.document, node)
    }

    /// What is written at `path`: as [`Component::text`], but an empty element that is not nil says an empty text,
    /// which is a value too, and seldom a right one.
    pub fn written(&self, path: &str) -> Option<&str> {
        let node = self.node(path)?;
        let says = self.document.is_leaf(node) && !self.document.is_nil(node);
        says.then(|| self.document.text(node))
    }

    /// What a finding about `path` marks: the value, the element's own opening tag where it has none, and the nearest
    /// existing ancestor's opening tag where the element is missing.
    pub fn place(&self, path: &str) -> Place {
        place_below(self.file, &self.document, self.document.root(), path)
    }

    /// The opening tag of the root.
    pub fn root_place(&self) -> Place {
        Place { file: self.file, span: self.document.open_tag(self.document.root()) }
    }
}

/// The text of a leaf; `None` where it is nil, empty or no leaf.
pub fn text_of(document: &Document, node: NodeId) -> Option<&str> {
    if document.is_nil(node) {
        return None;
    }
    Some(document.text(node)).filter(|text| !text.is_empty())
}

/// What a finding about `path` below `node` marks; see [`Component::place`].
pub fn place_below(file: FileId, document: &Document, node: NodeId, path: &str) -> Place {
    let mut at = node;
    for name in path.split('.') {
        match document.child(at, name) {
            Some(child) => at = child,
            None => return Place { file, span: document.open_tag(at) },
        }
    }
    Place { file, span: document.mark(at) }
}

/// Why a file gives no rows. One per broken file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Nothing but white space.
    EmptyFile,
    /// An encoding that nobody knows, or bytes that do not decode.
    UnsupportedEncoding,
    /// Conflict markers of a merge.
    MergeConflict,
    /// Well-formed, but the root element is another type's.
    WrongRootElement,
    /// Not well-formed XML.
    NotWellFormed,
}

impl ProblemKind {
    /// The id of the rule that reports it, without its group.
    pub fn id(self) -> &'static str {
        match self {
            ProblemKind::EmptyFile => "empty-file",
            ProblemKind::UnsupportedEncoding => "unsupported-encoding",
            ProblemKind::MergeConflict => "merge-conflict",
            ProblemKind::WrongRootElement => "wrong-root-element",
            ProblemKind::NotWellFormed => "not-well-formed",
        }
    }
}

/// A file that could not be understood.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What is wrong with it.
    pub kind: ProblemKind,
    /// One clause that says it: lower-case, no final dot.
    pub text: String,
    /// Where.
    pub place: Place,
    /// Which type its name promises.
    pub promised: KindId,
    /// Its stem.
    pub name: String,
}

/// Which level of the session hierarchy decides where two disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precedence {
    /// Salesforce's documentation: app, else profile, else org.
    #[default]
    Documented,
    /// Common advice: the shortest wins.
    Shortest,
}

/// How much of a project's Apex is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeReading {
    /// None: nobody asks.
    Nothing,
    /// What can say something about sessions, by its words and by who mentions it.
    #[default]
    WhatMatters,
    /// All of it; gives the same findings and takes longer.
    Everything,
}

/// The metadata that is searched for a few words only: types that no rule needs are not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Buttons, links and objects of the Metadata API's layout.
    pub links: bool,
    /// Fields and flows, which most files of a large project are.
    pub fields: bool,
    /// Labels and records of custom metadata.
    pub records: bool,
}

impl Texts {
    /// All of it.
    pub const ALL: Self = Self { links: true, fields: true, records: true };

    /// Whether files of a kind are read.
    pub fn wants(self, kind: TextKind) -> bool {
        match kind {
            TextKind::Link | TextKind::HomeLink => self.links,
            TextKind::Object => self.links || self.fields,
            TextKind::Field | TextKind::Flow => self.fields,
            TextKind::Labels | TextKind::Record => self.records,
        }
    }
}

/// Inputs of a run that no file of the project contains.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The day for which dates are judged.
    pub as_of: jiff::civil::Date,
    /// Globs for apps that are integrations (`!` excludes), from the configuration.
    pub integration_apps: Vec<String>,
    /// Globs for profiles that belong to integrations, from the configuration.
    pub integration_profiles: Vec<String>,
    /// Where integrations call from, from the configuration.
    pub egress: Vec<Egress>,
    /// Which reading of the hierarchy decides.
    pub precedence: Precedence,
    /// How much of its Apex is read.
    pub code: CodeReading,
    /// Whether its Aura applications are read.
    pub reads_aura: bool,
    /// Which metadata is read for a few words.
    pub texts: Texts,
    /// How much memory all that is read may take.
    pub budget: Arc<Budget>,
    /// Where what is read is kept for the next run, and what earlier runs kept.
    pub cache: Option<Arc<Cache>>,
}

impl Inputs {
    /// The inputs of a run without configuration.
    pub fn on(as_of: jiff::civil::Date) -> Self {
        Self {
            as_of,
            integration_apps: Vec::new(),
            integration_profiles: Vec::new(),
            egress: Vec::new(),
            precedence: Precedence::default(),
            code: CodeReading::default(),
            reads_aura: true,
            texts: Texts::ALL,
            budget: Arc::default(),
            cache: None,
        }
    }
}

/// Everything that was read from one root.
#[derive(Debug)]
pub struct Project {
    /// The root as it is shown to people and tools.
    pub root: String,
    /// The files, in order.
    pub sources: Sources,
    /// Components in the order of their files, twins left out.
    pub components: Vec<Component>,
    /// Apex, Visualforce and Aura applications that were read, in the order of the files. They count as other metadata.
    pub units: Vec<Unit>,
    /// Files of code that were looked through, whether or not they say anything.
    pub code: CodeRead,
    /// Broken files, in the order of the files.
    pub problems: Vec<Problem>,
    /// Kinds of files that could not be read at all.
    pub unread: Vec<KindId>,
    /// Whether files were left out because memory was used up. Nothing is known to be absent then.
    pub is_cut: bool,
    /// What of the budget all of it holds.
    pub held: Lease,
    /// Files of session metadata that `.forceignore` hides.
    pub hidden: Vec<String>,
    /// Which line of `.forceignore` hides which of them.
    pub hidden_by: Vec<Hidden>,
    /// Lines of `.forceignore` that hide nothing as they are written.
    pub dead_patterns: Vec<DeadPattern>,
    /// Number of sources that hold no metadata, files `.forceignore` and the project file: the last ones.
    pub ignore_files: usize,
    /// Which text a deployment replaces.
    pub replaced: Replaced,
    /// Files of session metadata outside every package directory.
    pub outside: Vec<String>,
    /// Number of metadata files of kinds that hold nothing about sessions.
    pub other: usize,
    /// Whether it has a project file, and is in source format therefore.
    pub has_project_file: bool,
    /// The project's own namespace, where its project file names one.
    pub namespace: Option<String>,
    /// The API version in which the project is deployed, without its minor part; unknown where no file states it.
    pub api_version: Option<i64>,
    /// What no file says.
    pub inputs: Inputs,
}

/// How many files of code were looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRead {
    /// Apex classes.
    pub classes: usize,
    /// Apex triggers.
    pub triggers: usize,
    /// Visualforce pages.
    pub pages: usize,
    /// Visualforce components.
    pub components: usize,
    /// Aura applications.
    pub aura_apps: usize,
    /// Other metadata, looked through for a few words.
    #[serde(skip)]
    pub texts: usize,
}

impl CodeRead {
    /// Counts files by what they are.
    pub fn of(codes: impl Iterator<Item = Code>) -> Self {
        let mut read = Self::default();
        for code in codes {
            match code {
                Code::Class => read.classes += 1,
                Code::Trigger => read.triggers += 1,
                Code::Page => read.pages += 1,
                Code::Component => read.components += 1,
                Code::AuraApp => read.aura_apps += 1,
                Code::Text(_) => read.texts += 1,
            }
        }
        read
    }

    /// Files of Apex: classes and triggers.
    pub fn apex(self) -> usize {
        self.classes + self.triggers
    }
}

/// A file that a line of `.forceignore` hides.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// The file, below the root.
    pub path: String,
    /// The line as it is written.
    pub pattern: String,
    /// Where the line stands.
    pub place: Place,
}

/// A line of `.forceignore` that hides nothing as it is written.
#[derive(Clone, Debug)]
pub struct DeadPattern {
    /// The line as it is written.
    pub pattern: String,
    /// Why it hides nothing.
    pub why: Dead,
    /// Where the line stands.
    pub place: Place,
}

impl Project {
    /// Number of files of session metadata that were read: code is none.
    pub fn file_count(&self) -> usize {
        // Where there is something about their lines, files of patterns and of the project are sources too.
        self.sources.len() - self.units.len() - self.ignore_files
    }

    /// Number of components: parts of one are none.
    pub fn component_count(&self) -> usize {
        self.components.iter().filter(|component| component.part.is_none()).count()
    }

    /// What a component consists of: itself, and where it is decomposed, the parts that bear its name.
    pub fn parts<'p>(&'p self, component: &'p Component) -> impl Iterator<Item = &'p Component> {
        let is_other = move |it: &&Component| {
            let is_part = it.part.is_some() || component.part.is_some();
            is_part && it.kind == component.kind && it.name == component.name && it.file != component.file
        };
        std::iter::once(component).chain(self.components.iter().filter(is_other))
    }

    /// The components of one kind, in order, parts left out.
    pub fn wholes(&self, kind: KindId) -> impl Iterator<Item = (u32, &Component)> {
        self.of_kind(kind).filter(|(_, component)| component.part.is_none())
    }

    /// The components of one kind, in order.
    pub fn of_kind(&self, kind: KindId) -> impl Iterator<Item = (u32, &Component)> {
        // Components of a kind are few hundred at most; an index would be state to keep true.
        (0u32..).zip(&self.components).filter(move |(_, component)| component.kind == kind)
    }

    /// The components of the kind called `name`.
    pub fn of_type(&self, name: &str) -> impl Iterator<Item = (u32, &Component)> {
        let kind = kind::by_name(name);
        (0u32..).zip(&self.components).filter(move |(_, component)| Some(component.kind) == kind)
    }

    /// Whether any file that promised the kind called `name` is broken, or could not be read.
    pub fn is_broken(&self, name: &str) -> bool {
        let kind = kind::by_name(name);
        if self.is_cut {
            return true;
        }
        let mut broken = self.problems.iter().map(|problem| problem.promised).chain(self.unread.iter().copied());
        broken.any(|promised| Some(promised) == kind)
    }
}

/// A span that marks nothing: the start of a file.
pub const FILE_START: Span = Span { start: 0, end: 0 };
