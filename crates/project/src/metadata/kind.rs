//! Which metadata types are read, what their files are called, and which elements they hold.
//!
//! Names and shapes only: this module opens no file and knows no value, no default and no meaning. It may assume
//! nothing about a file name. An element that is not listed here is not an error, it is merely no column.

#[path = "kinds/mod.rs"]
mod kinds;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::suffixes;
use sessionlint_apex::{Code, TextKind};
use sessionlint_xml::Keep;

/// What an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A leaf whose text is taken as written.
    Text,
    /// A leaf with `true` or `false`.
    Bool,
    /// A leaf with a whole number.
    Int,
    /// A leaf with a calendar date and nothing else.
    Date,
    /// A leaf that may stand several times: one column with all of its texts.
    List,
    /// An element that holds elements and stands at most once: true where it is present, null where it is absent.
    /// The elements in it are fields of their own, by their longer paths.
    Group,
    /// An element that holds elements and may stand several times: a child table called `Kind.path`. The paths of
    /// its fields start below the element.
    Rows(&'static [Field]),
    /// An element of another type that people write here: kept, so that it can be told of, and no column.
    Stray,
}

/// An element of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it stands below the root, or below the row of a child table: `sessionSettings.sessionTimeout`.
    pub path: &'static str,
    /// What it holds.
    pub ty: FieldType,
}

/// What a file without `-meta.xml` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// The same document as one with it.
    Document,
    /// The thing itself (a certificate in PEM), which the document beside it describes.
    Content,
}

/// How much of a document is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// All of it.
    All,
    /// What stands in the elements that are listed: documents of the kind are large.
    Listed,
}

/// A metadata type that is read.
pub struct Kind {
    /// Name of the type, which is the root element of its documents.
    pub name: &'static str,
    /// The folder in which Salesforce's tooling writes its files; files elsewhere are recognised all the same.
    pub folder: &'static str,
    /// What its file names end in, before `-meta.xml`.
    pub suffix: &'static str,
    /// The only stem its file can have, for settings, which share one suffix.
    pub file: Option<&'static str>,
    /// What a file without `-meta.xml` holds.
    pub plain: Plain,
    /// Which elements of a document the parser keeps.
    pub keeps: Keeps,
    /// Its elements, a container before what it contains, otherwise alphabetical.
    pub fields: &'static [Field],
}

impl Kind {
    /// A kind of which all elements are kept, and whose every file is a document. It has no elements yet.
    const fn new(name: &'static str, folder: &'static str, suffix: &'static str) -> Self {
        Self { name, folder, suffix, file: None, plain: Plain::Document, keeps: Keeps::All, fields: &[] }
    }

    /// Settings of the org, whose only file is called `stem`.
    const fn settings(name: &'static str, stem: &'static str) -> Self {
        Self { file: Some(stem), ..Self::new(name, "settings", "settings") }
    }

    /// The elements below the root that the parser keeps.
    pub fn keep(&self) -> Keep {
        static LISTED: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
            let top = |field: &'static Field| field.path.split('.').next();
            KINDS.iter().map(|kind| (kind.name, kind.fields.iter().filter_map(top).collect())).collect()
        });
        match self.keeps {
            Keeps::All => Keep::All,
            Keeps::Listed => LISTED.get(self.name).map_or(Keep::All, |names| Keep::Only(names)),
        }
    }
}

/// What names of Salesforce's other metadata end in, in lower case and sorted.
pub fn other_suffixes() -> &'static [&'static str] {
    &suffixes::SUFFIXES
}

/// Whether a file of `kind` may hold another type instead, which shares its suffix: `root` is that type's element.
///
/// Files of Marketing Cloud's `DataSource` are called as those of `ExternalDataSource`.
pub fn shares_suffix(kind: &Kind, root: &str) -> bool {
    (kind.name, root) == ("ExternalDataSource", "DataSource")
}

/// A kind, as an index into [`KINDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(u8);

/// All kinds, in the order in which they are shown.
pub static KINDS: &[Kind] = kinds::ALL;

/// The kind that `id` stands for.
pub fn kind(id: KindId) -> &'static Kind {
    &KINDS[usize::from(id.0)]
}

/// All kinds with their ids, in order.
pub fn all() -> impl Iterator<Item = (KindId, &'static Kind)> {
    (0u8..).map(KindId).zip(KINDS)
}

/// The kind whose type is called `name`, case ignored as in SOQL.
pub fn by_name(name: &str) -> Option<KindId> {
    find(|kind| kind.name.eq_ignore_ascii_case(name))
}

fn find(is_it: impl Fn(&Kind) -> bool) -> Option<KindId> {
    all().find(|(_, kind)| is_it(kind)).map(|(id, _)| id)
}

/// What a file holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Metadata of a kind that is read.
    Session(KindId, Layout),
    /// Apex or Visualforce, which may hand session ids around.
    Code(Code),
    /// Other Salesforce metadata.
    Other,
}

/// Which of the two ways to name a file was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `X.suffix-meta.xml`, as source format does.
    Source,
    /// `X.suffix`, as the Metadata API does.
    Metadata,
}

/// What the name of a file (without folders) says it holds, and its stem; `None` where it names no metadata.
///
/// Case is ignored, because file systems that ignore it hand back what a person once typed.
pub fn recognise(file_name: &str) -> Option<(Recognised, &str)> {
    let (plain_name, layout) = match strip_meta_ending(file_name) {
        Some(plain_name) => (plain_name, Layout::Source),
        None => (file_name, Layout::Metadata),
    };
    let (stem, suffix) = plain_name.rsplit_once('.')?;
    if stem.is_empty() {
        // A hidden file such as `.profile`, which is a shell's.
        return None;
    }
    if let Some(id) = find(|kind| is_named(kind, stem, suffix, layout)) {
        return Some((Recognised::Session(id, layout), stem));
    }
    if let Some(part) = part_of_suffix(suffix).filter(|_| layout == Layout::Source)
        && let Some(id) = by_name(part.kind)
    {
        return Some((Recognised::Session(id, layout), stem));
    }
    if let Some(code) = Code::of_suffix(suffix).filter(|_| layout == Layout::Metadata) {
        return Some((Recognised::Code(code), stem));
    }
    if let Some(text) = TextKind::of_suffix(suffix).filter(|text| is_text(*text, stem, layout)) {
        return Some((Recognised::Code(Code::Text(text)), stem));
    }
    let is_metadata = match layout {
        Layout::Source => is_word(suffix),
        Layout::Metadata => suffixes::is_known(suffix),
    };
    is_metadata.then_some((Recognised::Other, stem))
}

/// A file that holds a part of a component, as decomposed source has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The type of the whole.
    pub kind: &'static str,
    /// What its file name ends in, before `-meta.xml`.
    pub suffix: &'static str,
    /// The root element of its file.
    pub root: &'static str,
    /// The element of the whole that the root is, where the root is not that of the whole.
    pub element: Option<&'static str>,
}

/// The parts that say something of ours (the presets `decomposePermissionSetBeta`, `decomposePermissionSetBeta2` and
/// `decomposeWorkflowBeta` of `@salesforce/source-deploy-retrieve` 13.7.0). Files of other parts are other metadata.
pub const PARTS: &[Part] = &[
    of_permission_set("externalCredentialPrincipalAccess"),
    of_permission_set("objectPermission"),
    of_permission_set("objectSettings"),
    of_permission_set("userPermission"),
    Part {
        kind: "Workflow",
        suffix: "workflowOutboundMessage",
        root: "WorkflowOutboundMessage",
        element: Some("outboundMessages"),
    },
];

const fn of_permission_set(suffix: &'static str) -> Part {
    Part { kind: "PermissionSet", suffix, root: "PermissionSet", element: None }
}

fn part_of_suffix(suffix: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.suffix.eq_ignore_ascii_case(suffix))
}

/// The part that the file at `path` (`/`-separated) holds, and the name of the whole: that of the folder in the folder
/// of its type, else the file's own.
pub fn part(path: &str) -> Option<(&'static Part, &str)> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, suffix) = strip_meta_ending(name)?.rsplit_once('.')?;
    let part = part_of_suffix(suffix)?;
    let folder = kind(by_name(part.kind)?).folder;
    let mut folders = folders.rsplit('/').peekable();
    while let Some(whole) = folders.next() {
        if folders.peek().is_some_and(|above| above.eq_ignore_ascii_case(folder)) {
            return Some((part, whole));
        }
    }
    Some((part, stem))
}

/// The folder of bundles and the name of the Aura application whose markup stands at `path`, `/`-separated:
/// `aura/X/X.app` in both layouts.
///
/// The folders decide, since in the layout of the Metadata API `applications/X.app` is a custom application. Case
/// counts in them, as it does where folders of code are passed by. A name of other letters than a bundle's is none.
pub fn aura_application(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let (bundles, name) = folder.rsplit_once('/')?;
    let is_bundles = bundles.rsplit('/').next() == Some(AURA);
    (is_bundles && is_bundle(name) && file.strip_suffix(".app") == Some(name)).then_some((bundles, name))
}

/// Whether a folder can be a bundle, by its name.
pub fn is_bundle(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The folder that holds bundles of Aura.
pub const AURA: &str = "aura";

fn strip_meta_ending(file_name: &str) -> Option<&str> {
    const ENDING: &str = "-meta.xml";
    let (start, end) = file_name.split_at_checked(file_name.len().checked_sub(ENDING.len())?)?;
    end.eq_ignore_ascii_case(ENDING).then_some(start)
}

fn is_named(kind: &Kind, stem: &str, suffix: &str, layout: Layout) -> bool {
    kind.suffix.eq_ignore_ascii_case(suffix)
        && kind.file.is_none_or(|file| file.eq_ignore_ascii_case(stem))
        && (layout == Layout::Source || kind.plain == Plain::Document)
}

/// Whether a file that ends as metadata does that is read for a few words is some: `README.md` is no record.
fn is_text(text: TextKind, stem: &str, layout: Layout) -> bool {
    match text {
        TextKind::Field => layout == Layout::Source,
        // In source format, an object's buttons and fields have files of their own.
        TextKind::Object => layout == Layout::Metadata,
        TextKind::Record => layout == Layout::Source || stem.split('.').count() == 2,
        _ => true,
    }
}

fn is_word(suffix: &str) -> bool {
    suffix.starts_with(|first: char| first.is_ascii_alphabetic())
        && suffix.chars().all(|part| part.is_ascii_alphanumeric() || part == '_')
}

// Short names, so that a kind's elements can be read as a list.

const fn text(path: &'static str) -> Field {
    Field { path, ty: FieldType::Text }
}

const fn flag(path: &'static str) -> Field {
    Field { path, ty: FieldType::Bool }
}

const fn int(path: &'static str) -> Field {
    Field { path, ty: FieldType::Int }
}

const fn list(path: &'static str) -> Field {
    Field { path, ty: FieldType::List }
}

const fn group(path: &'static str) -> Field {
    Field { path, ty: FieldType::Group }
}

const fn rows(path: &'static str, fields: &'static [Field]) -> Field {
    Field { path, ty: FieldType::Rows(fields) }
}

const fn stray(path: &'static str) -> Field {
    Field { path, ty: FieldType::Stray }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every field list with the name it is shown under, child tables included.
    fn field_lists() -> Vec<(String, &'static [Field])> {
        let mut lists = Vec::new();
        for kind in KINDS {
            lists.push((kind.name.to_owned(), kind.fields));
            for field in kind.fields {
                if let FieldType::Rows(fields) = field.ty {
                    lists.push((format!("{}.{}", kind.name, field.path), fields));
                }
            }
        }
        lists
    }

    #[test]
    fn an_id_leads_to_its_kind() {
        for (id, kind) in all() {
            assert_eq!(by_name(kind.name), Some(id));
            assert_eq!(super::kind(id).name, kind.name);
        }
        assert_eq!(all().count(), KINDS.len());
        assert!(u8::try_from(KINDS.len()).is_ok());
        assert_eq!(by_name("PROFILE"), by_name("profile"));
        assert_eq!(by_name("Account"), None);
    }

    #[test]
    fn a_path_stands_once_whatever_its_case() {
        // Columns are looked up as in SOQL, so two paths must differ in more than case.
        for (name, fields) in field_lists() {
            let mut paths = BTreeSet::new();
            for field in fields {
                assert!(paths.insert(field.path.to_ascii_lowercase()), "{name}: {} stands twice", field.path);
            }
        }
    }

    #[test]
    fn fields_are_in_order() {
        for (name, fields) in field_lists() {
            for pair in fields.windows(2) {
                let [left, right] = [pair[0], pair[1]].map(|field| field.path.to_ascii_lowercase());
                assert!(left < right, "{name}: {right} stands after {left}");
            }
        }
    }

    #[test]
    fn what_lies_below_an_element_lies_below_a_group() {
        for (name, fields) in field_lists() {
            for field in fields {
                let Some((parent, _)) = field.path.rsplit_once('.') else { continue };
                let parent_type = fields.iter().find(|other| other.path == parent).map(|other| other.ty);
                assert_eq!(parent_type, Some(FieldType::Group), "{name}: parent of {}", field.path);
            }
        }
    }

    #[test]
    fn a_group_holds_something_and_a_child_table_holds_no_table() {
        for (name, fields) in field_lists() {
            for field in fields {
                let prefix = format!("{}.", field.path);
                let has_children = fields.iter().any(|other| other.path.starts_with(&prefix));
                assert_eq!(has_children, field.ty == FieldType::Group, "{name}: {}", field.path);
                if let FieldType::Rows(fields) = field.ty {
                    let is_flat = !fields.iter().any(|field| matches!(field.ty, FieldType::Rows(_)));
                    assert!(is_flat && !fields.is_empty(), "{name}: {}", field.path);
                }
            }
        }
    }

    #[test]
    fn of_large_documents_the_listed_elements_are_kept() {
        let kept = |name: &str| kind(by_name(name).unwrap()).keep();
        assert!(kept("Profile").wants("userPermissions") && !kept("Profile").wants("fieldPermissions"));
        assert!(kept("Workflow").wants("outboundMessages") && !kept("Workflow").wants("rules"));
        assert!(kept("ConnectedApp").wants("anything"));
        assert_eq!(KINDS.iter().filter(|kind| kind.keeps == Keeps::Listed).count(), 9);
    }

    #[test]
    fn a_file_name_leads_to_one_kind() {
        let mut names = BTreeSet::new();
        for kind in KINDS {
            assert_eq!(kind.suffix == "settings", kind.file.is_some(), "{}", kind.name);
            if let Some(file) = kind.file {
                assert_eq!(kind.name, format!("{file}Settings"));
            }
            let name = format!("{}.{}", kind.file.unwrap_or("*"), kind.suffix);
            assert!(names.insert(name.to_ascii_lowercase()), "{name} names two kinds");
        }
    }

    #[test]
    fn other_suffixes_are_not_ours() {
        for kind in KINDS {
            // A kind's own suffix is listed only where some files that bear it are not of that kind.
            let is_shared = kind.file.is_some() || kind.plain == Plain::Content;
            assert_eq!(suffixes::is_known(kind.suffix), is_shared, "{}", kind.name);
        }
    }

    /// The kind, the layout and the stem that a name gives: `("Profile", 's', "X")`; `m` is the Metadata API's
    /// layout, `-` is other metadata.
    fn seen(file_name: &str) -> Option<(&'static str, char, &str)> {
        recognise(file_name).map(|(what, stem)| match what {
            Recognised::Session(id, Layout::Source) => (kind(id).name, 's', stem),
            Recognised::Session(id, Layout::Metadata) => (kind(id).name, 'm', stem),
            Recognised::Code(code) => (code.type_name(), 'c', stem),
            Recognised::Other => ("other", '-', stem),
        })
    }

    #[test]
    fn folders_tell_an_aura_application_from_a_custom_one() {
        assert_eq!(
            aura_application("force-app/main/default/aura/Out/Out.app"),
            Some(("force-app/main/default/aura", "Out"))
        );
        assert_eq!(aura_application("aura/lwc/lwc.app"), Some(("aura", "lwc")));
        let others = [
            "applications/Sales.app",
            "aura/Out.app",
            "Out/Out.app",
            "aura/Out/Other.app",
            "aura/Out/deep/Out.app",
            "aura/Out/Out.app-meta.xml",
            "aura/Out/Out.cmp",
            "laura/Out/Out.app",
            "aura//.app",
            "aura/a.profile/a.profile.app",
            "aura/ü/ü.app",
            "",
        ];
        for path in others {
            assert_eq!(aura_application(path), None, "{path}");
        }
    }

    #[test]
    fn a_part_is_named_by_the_folder_of_the_whole() {
        let name = |path: &str| part(path).map(|(part, name)| (part.kind, name.to_owned()));
        let set = |name: &str| Some(("PermissionSet", name.to_owned()));
        assert_eq!(name("a/permissionsets/Erp/Erp.userPermission-meta.xml"), set("Erp"));
        assert_eq!(name("a/permissionsets/Erp/objectSettings/Account.objectSettings-meta.xml"), set("Erp"));
        assert_eq!(name("a/permissionsets/Erp/userPermissions/ApiEnabled.userPermission-meta.xml"), set("Erp"));
        assert_eq!(name("loose/Erp.userPermission-meta.xml"), set("Erp"));
        let message = "workflows/Order/workflowOutboundMessages/Tell.workflowOutboundMessage-meta.xml";
        assert_eq!(name(message), Some(("Workflow", "Order".to_owned())));
        assert_eq!(name("a/permissionsets/Erp/Erp.permissionset-meta.xml"), None);
    }

    #[test]
    fn file_names_are_recognised() {
        let table = [
            ("Admin.profile", Some(("Profile", 'm', "Admin"))),
            ("Admin.profile-meta.xml", Some(("Profile", 's', "Admin"))),
            ("ADMIN.PROFILE-META.XML", Some(("Profile", 's', "ADMIN"))),
            ("mBurse v%2E1 Profile.profile-meta.xml", Some(("Profile", 's', "mBurse v%2E1 Profile"))),
            ("Manager%2FDriver.profile", Some(("Profile", 'm', "Manager%2FDriver"))),
            ("システム管理者.profile", Some(("Profile", 'm', "システム管理者"))),
            (".profile", None),
            (".profile-meta.xml", None),
            ("profile", None),
            ("profile-meta.xml", None),
            ("Admin.profile-meta.xml.bak", None),
            ("Admin.profile.orig", None),
            ("a.b.connectedApp-meta.xml", Some(("ConnectedApp", 's', "a.b"))),
            ("a.b.connectedapp", Some(("ConnectedApp", 'm', "a.b"))),
            (
                "null_profileSessionSetting1427070100370.profileSessionSetting",
                Some(("ProfileSessionSetting", 'm', "null_profileSessionSetting1427070100370")),
            ),
            ("X_oauthPlcy.ecaOauthPlcy-meta.xml", Some(("ExtlClntAppOauthConfigurablePolicies", 's', "X_oauthPlcy"))),
            ("X.eca-meta.xml", Some(("ExternalClientApplication", 's', "X"))),
            ("X.ecaAttest-meta.xml", Some(("ExtlClntAppAttestSettings", 's', "X"))),
            ("X.remoteSite", Some(("RemoteSiteSetting", 'm', "X"))),
            ("X.remoteSiteSetting", None),
            ("Security.settings", Some(("SecuritySettings", 'm', "Security"))),
            ("Security.settings-meta.xml", Some(("SecuritySettings", 's', "Security"))),
            ("security.settings", Some(("SecuritySettings", 'm', "security"))),
            ("ConnectedApp.settings-meta.xml", Some(("ConnectedAppSettings", 's', "ConnectedApp"))),
            ("Account.settings", Some(("other", '-', "Account"))),
            ("Account.settings-meta.xml", Some(("other", '-', "Account"))),
            ("X.userPermission-meta.xml", Some(("PermissionSet", 's', "X"))),
            ("X.objectSettings-meta.xml", Some(("PermissionSet", 's', "X"))),
            ("X.userPermission", None),
            ("X.classAccess-meta.xml", Some(("other", '-', "X"))),
            ("X.workflowOutboundMessage-meta.xml", Some(("Workflow", 's', "X"))),
            ("X.workflowAlert-meta.xml", Some(("other", '-', "X"))),
            ("Order.workflow-meta.xml", Some(("Workflow", 's', "Order"))),
            ("X.crt-meta.xml", Some(("Certificate", 's', "X"))),
            ("X.crt", Some(("other", '-', "X"))),
            ("A.cls", Some(("ApexClass", 'c', "A"))),
            ("A.trigger", Some(("ApexTrigger", 'c', "A"))),
            ("A.page", Some(("ApexPage", 'c', "A"))),
            ("A.component", Some(("ApexComponent", 'c', "A"))),
            ("A.trigger-meta.xml", Some(("other", '-', "A"))),
            ("A.cls-meta.xml", Some(("other", '-', "A"))),
            ("A.CLS", Some(("ApexClass", 'c', "A"))),
            ("Name.field-meta.xml", Some(("CustomField", 'c', "Name"))),
            ("All.listView-meta.xml", Some(("other", '-', "All"))),
            ("Name.field", None),
            ("Sales.app-meta.xml", Some(("other", '-', "Sales"))),
            ("Sales.app", None),
            ("X.dataSource", Some(("ExternalDataSource", 'm', "X"))),
            ("X.-meta.xml", None),
            ("X.a b-meta.xml", None),
            ("X.2-meta.xml", None),
            ("-meta.xml", None),
            ("meta.xml", None),
            ("package.xml", None),
            ("README.md", None),
            ("ü-meta.xml", None),
            ("X.üprofile", None),
            ("X.", None),
            ("", None),
        ];
        for (file_name, expected) in table {
            assert_eq!(seen(file_name), expected, "{file_name}");
        }
    }
}
