//! What a query says, before anybody knows which tables there are.
//!
//! The tree keeps the words as written and the span of each name, operator and operand, so that a later stage
//! can point at them. Two trees are equal when they say the same; spans do not count. Parentheses leave no trace
//! beyond the shape of the tree. Nothing here knows tables, types or rows.

use std::ops::Range;

/// A part of a query and the bytes of the query's text that it stands for. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// What is said.
    pub node: T,
    /// Where it is said.
    pub span: Range<usize>,
}

impl<T> Spanned<T> {
    /// `node` at `span`.
    pub fn new(node: T, span: Range<usize>) -> Self {
        Self { node, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// A table, a column (its whole path) or an alias, in the spelling of the query.
pub type Name = Spanned<String>;

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// What is asked for.
    pub selection: Selection,
    /// Of which table.
    pub table: Name,
    /// Of which rows.
    pub filter: Option<Condition>,
    /// The columns after GROUP BY.
    pub group_by: Vec<Name>,
    /// The keys after ORDER BY.
    pub order_by: Vec<OrderBy>,
    /// The number after LIMIT.
    pub limit: Option<u64>,
    /// The number after OFFSET.
    pub offset: Option<u64>,
}

/// What stands between SELECT and FROM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// `FIELDS(ALL)`, with its place.
    All(Spanned<()>),
    /// `COUNT()`, with its place.
    CountRows(Spanned<()>),
    /// Columns and counts.
    Items(Vec<Item>),
}

/// One of several things selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A column.
    Column(Name),
    /// `COUNT(column)`, perhaps with a name of its own.
    Count {
        /// The counted column; rows where it is null do not count.
        column: Name,
        /// The name of the result.
        alias: Option<Name>,
    },
}

/// One key of ORDER BY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBy {
    /// What is compared.
    pub key: OrderKey,
    /// Whether DESC was said.
    pub descending: bool,
    /// What was said of nulls.
    pub nulls: Option<NullsOrder>,
}

/// What ORDER BY compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKey {
    /// A column.
    Column(Name),
    /// `COUNT(column)`.
    Count(Name),
}

/// Where nulls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullsOrder {
    /// Before everything else.
    First,
    /// After everything else.
    Last,
}

/// What a row must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of two or more.
    And(Vec<Condition>),
    /// At least one of two or more.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A test of one column.
    Test(Test),
}

/// A test of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `column = operand` and the other comparisons.
    Compare {
        /// The column.
        column: Name,
        /// How it is compared.
        operator: Comparison,
        /// With what.
        operand: Spanned<Operand>,
    },
    /// `column LIKE pattern`.
    Like {
        /// The column.
        column: Name,
        /// The pattern.
        pattern: Spanned<Operand>,
    },
    /// `column IN set` or `column NOT IN set`.
    In {
        /// The column.
        column: Name,
        /// Whether NOT was said.
        negated: bool,
        /// The set and its place.
        set: Spanned<Set>,
    },
    /// `column INCLUDES (texts)` or `column EXCLUDES (texts)`.
    Includes {
        /// The column.
        column: Name,
        /// Whether EXCLUDES was said.
        negated: bool,
        /// The texts; a `;` in one of them means "and".
        texts: Vec<Spanned<Operand>>,
        /// Where the list ends.
        end: Spanned<()>,
    },
}

impl Test {
    /// The column that is tested.
    pub fn column(&self) -> &Name {
        match self {
            Test::Compare { column, .. }
            | Test::Like { column, .. }
            | Test::In { column, .. }
            | Test::Includes { column, .. } => column,
        }
    }

    /// From the column to the end of the test.
    pub fn span(&self) -> Range<usize> {
        let end = match self {
            Test::Compare { operand, .. } => operand.span.end,
            Test::Like { pattern, .. } => pattern.span.end,
            Test::In { set, .. } => set.span.end,
            Test::Includes { end, .. } => end.span.end,
        };
        self.column().span.start..end
    }

    /// Whether it asks for null, or for anything but null, on purpose.
    pub fn is_null_test(&self) -> bool {
        matches!(self, Test::Compare { operand, .. } if operand.node == Operand::Null)
    }
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`, also written `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What IN looks into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Operands; a bind variable that is a list stands for its members.
    List(Vec<Spanned<Operand>>),
    /// The values of a column of another table.
    Select(Box<SubSelect>),
}

/// A query inside a condition: one column, no further sub-select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubSelect {
    /// The column whose values are the set; nulls are left out.
    pub column: Name,
    /// The table.
    pub table: Name,
    /// Which rows of it.
    pub filter: Option<Condition>,
}

/// A constant, or the name of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A date.
    Date(jiff::civil::Date),
    /// A text in single quotes.
    Text(Quoted),
    /// `:name`, a value that the rule page declares.
    Bind(String),
}

/// The text between single quotes, escapes resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// The text.
    pub text: String,
    /// Byte offsets of the `%` and `_` in `text` that were written with a backslash: LIKE takes these as they are.
    pub escaped: Vec<usize>,
}

impl Quoted {
    /// A text without escaped wildcards.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), escaped: Vec::new() }
    }
}
