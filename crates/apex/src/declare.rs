//! The classes, fields and methods that a tree declares.
//!
//! Refuses to read bodies and other files.

use super::tree::{Kind, NodeId, Part, SyntaxTree};
use super::{Annotation, Class, Field, Parameter, Role};

/// A method with the node of its body.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) class: u32,
    pub(super) name: String,
    /// The node of the name.
    pub(super) name_node: NodeId,
    /// The parts to read.
    pub(super) body: NodeId,
    pub(super) role: Role,
    pub(super) parameters: Vec<Parameter>,
    pub(super) annotations: Vec<Annotation>,
    pub(super) is_webservice: bool,
    pub(super) is_test: bool,
    /// The whole declaration.
    pub(super) node: NodeId,
}

/// The declarations of a file.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) classes: Vec<Class>,
    pub(super) class_nodes: Vec<NodeId>,
    pub(super) methods: Vec<Declared>,
    /// The constants with a whole number: class, name in lower case, and the number.
    pub(super) numbers: Vec<(u32, String, NodeId)>,
}

/// Classes nested deeper than this count as part of the last one kept: the full name of each class is stored, and grows
/// with the depth.
const MAX_CLASS_DEPTH: usize = 16;

/// Reads the declarations of a tree, in order.
pub(super) fn declarations(tree: &SyntaxTree<'_>) -> Declarations {
    let mut found = Declarations::default();
    for id in tree.all() {
        let declare: fn(&mut Declarations, &SyntaxTree<'_>, NodeId, u32) = match tree.kind(id) {
            Kind::ClassDeclaration | Kind::InterfaceDeclaration => {
                let outer = found.class_around(tree, id);
                if found.depth(outer) < MAX_CLASS_DEPTH {
                    found.class(tree, id, outer);
                }
                continue;
            }
            Kind::TriggerDeclaration => {
                found.trigger(tree, id);
                continue;
            }
            Kind::FieldDeclaration => Declarations::field,
            Kind::MethodDeclaration | Kind::ConstructorDeclaration => Declarations::method,
            Kind::StaticInitializer => Declarations::initializer,
            Kind::Block if tree.kind(tree.node(id).parent) == Kind::ClassBody => Declarations::initializer,
            Kind::AccessorDeclaration => Declarations::accessor,
            _ => continue,
        };
        if let Some(class) = found.class_around(tree, id) {
            declare(&mut found, tree, id, class);
        }
    }
    found
}

fn annotations(tree: &SyntaxTree<'_>, id: NodeId) -> Vec<Annotation> {
    let Some(modifiers) = tree.child(id, Kind::Modifiers) else { return Vec::new() };
    let annotation = |node: NodeId| {
        let name = tree.part(node, Part::Name)?;
        let arguments = tree.part(node, Part::Arguments).map(|arguments| tree.lower(arguments)).unwrap_or_default();
        Some(Annotation { name: tree.lower(name).to_owned(), arguments: arguments.to_owned() })
    };
    tree.children(modifiers).filter(|child| tree.kind(*child) == Kind::Annotation).filter_map(annotation).collect()
}

fn has_modifier(tree: &SyntaxTree<'_>, id: NodeId, name: &str) -> bool {
    let Some(modifiers) = tree.child(id, Kind::Modifiers) else { return false };
    tree.children(modifiers)
        .any(|child| tree.kind(child) == Kind::Modifier && tree.text(child).eq_ignore_ascii_case(name))
}

/// Whether the code of other files can use a declaration.
pub(super) fn is_shared(tree: &SyntaxTree<'_>, id: NodeId) -> bool {
    ["public", "protected", "global"].iter().any(|name| has_modifier(tree, id, name))
}

/// Interfaces of mocks, which only run in tests.
const MOCKS: &[&str] = &["httpcalloutmock", "webservicemock", "stubprovider"];

fn is_test(tree: &SyntaxTree<'_>, id: NodeId) -> bool {
    annotations(tree, id).iter().any(|it| it.name == "istest") || has_modifier(tree, id, "testmethod")
}

impl Declarations {
    /// The class around a node.
    fn class_around(&self, tree: &SyntaxTree<'_>, id: NodeId) -> Option<u32> {
        // Classes precede their content, so that the last one before the node is the innermost that can contain it; if
        // it ended before, one of its enclosing classes can.
        let mut class = self.class_nodes.len().checked_sub(1);
        while let Some(around) = class {
            if self.class_nodes[around] != id && tree.holds(self.class_nodes[around], id) {
                return u32::try_from(around).ok();
            }
            class = match self.classes[around].outer {
                Some(outer) => Some(outer as usize),
                // Several top classes occur only in broken files.
                None => around.checked_sub(1).filter(|_| tree.node(id).parent != 0),
            };
        }
        None
    }

    /// The number of classes around the content of a class.
    fn depth(&self, class: Option<u32>) -> usize {
        std::iter::successors(class, |class| self.classes[*class as usize].outer).take(MAX_CLASS_DEPTH).count()
    }

    fn class(&mut self, tree: &SyntaxTree<'_>, id: NodeId, outer: Option<u32>) {
        let Some(name_node) = tree.part(id, Part::Name) else { return };
        let name = tree.text(name_node).to_owned();
        let around = outer.map(|outer| &self.classes[outer as usize]);
        let full_name = around.map_or_else(|| name.clone(), |around| format!("{}.{name}", around.full_name));
        let superclass = tree.child(id, Kind::Superclass).and_then(|it| tree.children(it).next());
        // An interface has its list without `implements`.
        let listed = tree.child(tree.child(id, Kind::Interfaces).unwrap_or(id), Kind::TypeList);
        let interfaces: Vec<String> = listed
            .map(|list| tree.children(list).map(|it| base_type(&tree.type_name(it)).to_owned()).collect())
            .unwrap_or_default();
        let is_mock = interfaces.iter().any(|it| MOCKS.contains(&it.as_str()));
        let is_test = is_mock || around.is_some_and(|around| around.is_test) || is_test(tree, id);
        self.classes.push(Class {
            name,
            full_name,
            outer,
            superclass: superclass.map(|it| base_type(&tree.type_name(it)).to_owned()),
            interfaces,
            name_span: tree.span(name_node),
            fields: Vec::new(),
            is_test,
        });
        self.class_nodes.push(id);
    }

    fn trigger(&mut self, tree: &SyntaxTree<'_>, id: NodeId) {
        let (Some(name_node), Some(body)) = (tree.part(id, Part::Name), tree.part(id, Part::Body)) else { return };
        let name = tree.text(name_node).to_owned();
        let class = self.classes.len() as u32;
        self.classes.push(Class {
            full_name: name.clone(),
            name: name.clone(),
            outer: None,
            superclass: None,
            interfaces: Vec::new(),
            name_span: tree.span(name_node),
            fields: Vec::new(),
            is_test: false,
        });
        self.class_nodes.push(id);
        self.methods.push(Declared {
            class,
            name,
            name_node,
            body,
            role: Role::Trigger,
            parameters: Vec::new(),
            annotations: Vec::new(),
            is_webservice: false,
            is_test: false,
            node: id,
        });
    }

    fn field(&mut self, tree: &SyntaxTree<'_>, id: NodeId, class: u32) {
        let ty = tree.part(id, Part::Type).map(|ty| tree.type_name(ty)).unwrap_or_default();
        let is_passing = has_modifier(tree, id, "static") || has_modifier(tree, id, "transient");
        for declarator in tree.children(id).filter(|child| tree.kind(*child) == Kind::Declarator) {
            let Some(name_node) = tree.part(declarator, Part::Name) else { continue };
            let (name, ty) = (tree.lower(name_node).to_owned(), ty.clone().into_owned());
            let field = Field { name, ty, span: tree.span(name_node), is_passing };
            self.classes[class as usize].fields.push(field);
            let Some(value) = tree.part(declarator, Part::Value) else { continue };
            if tree.kind(value) == Kind::Int && has_modifier(tree, id, "final") {
                self.numbers.push((class, tree.lower(name_node).to_owned(), value));
            }
            let is_relevant =
                |node: NodeId| tree.is_string(node) || matches!(tree.kind(node), Kind::Call | Kind::New | Kind::Query);
            if tree.within(value).any(is_relevant) {
                // The whole declarator, including its initial value.
                self.push_code(tree, class, tree.text(name_node), (name_node, declarator), Role::Initializer);
            }
        }
    }

    fn push_code(&mut self, tree: &SyntaxTree<'_>, class: u32, name: &str, at: (NodeId, NodeId), role: Role) {
        let (name_node, body) = at;
        self.methods.push(Declared {
            class,
            name: name.to_owned(),
            name_node,
            body,
            role,
            parameters: Vec::new(),
            annotations: Vec::new(),
            is_webservice: false,
            is_test: self.classes[class as usize].is_test,
            node: tree.above(body).find(|it| tree.kind(*it) == Kind::FieldDeclaration).unwrap_or(body),
        });
    }

    fn initializer(&mut self, tree: &SyntaxTree<'_>, id: NodeId, class: u32) {
        let Some(name_node) = tree.part(self.class_nodes[class as usize], Part::Name) else { return };
        let name = self.classes[class as usize].name.clone();
        self.push_code(tree, class, &name, (name_node, id), Role::Initializer);
    }

    fn accessor(&mut self, tree: &SyntaxTree<'_>, id: NodeId, class: u32) {
        let Some(body) = tree.part(id, Part::Body) else { return };
        let field = tree.above(id).find(|above| tree.kind(*above) == Kind::FieldDeclaration);
        let declarator = field.and_then(|field| tree.child(field, Kind::Declarator));
        let Some(name_node) = declarator.and_then(|declarator| tree.part(declarator, Part::Name)) else { return };
        self.push_code(tree, class, tree.text(name_node), (name_node, body), Role::Accessor);
    }

    fn method(&mut self, tree: &SyntaxTree<'_>, id: NodeId, class: u32) {
        let Some(name_node) = tree.part(id, Part::Name) else { return };
        // An abstract method and one of an interface have no body and no calls.
        let body = tree.part(id, Part::Body).unwrap_or(name_node);
        let is_constructor = tree.kind(id) == Kind::ConstructorDeclaration;
        self.methods.push(Declared {
            class,
            name: tree.text(name_node).to_owned(),
            name_node,
            body,
            role: if is_constructor { Role::Constructor } else { Role::Method },
            parameters: parameters(tree, id),
            annotations: annotations(tree, id),
            is_webservice: has_modifier(tree, id, "webservice"),
            is_test: self.classes[class as usize].is_test || is_test(tree, id),
            node: id,
        });
    }
}

fn parameters(tree: &SyntaxTree<'_>, method: NodeId) -> Vec<Parameter> {
    let Some(list) = tree.child(method, Kind::FormalParameters) else { return Vec::new() };
    let parameter = |id: NodeId| {
        let (ty, name) = (tree.part(id, Part::Type)?, tree.part(id, Part::Name)?);
        Some(Parameter {
            name: tree.lower(name).to_owned(),
            ty: tree.type_name(ty).into_owned(),
            span: tree.span(name),
        })
    };
    tree.children(list).filter_map(parameter).collect()
}

/// A type without its type arguments.
pub(super) fn base_type(ty: &str) -> &str {
    ty.split(['<', '[']).next().unwrap_or(ty)
}
