//! The syntax tree of a query, before its tables are known.
//!
//! The tree keeps the words as written and the span of each name, operator and operand, so that later stages can point
//! at them. Two trees are equal when they mean the same; spans are not compared. Parentheses only determine the shape
//! of the tree. Refuses to know tables, types and rows.

use std::ops::Range;

/// A part of a query with its span. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The part.
    pub node: T,
    /// Its bytes in the text of the query.
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

/// A table, a column (its full path) or an alias, as spelled in the query. A column of a condition may be a call, as
/// [`Call::text`] prints it.
pub type Name = Spanned<String>;

/// A part of a query that needs an org, as written.
pub type OrgOnly = Spanned<String>;

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// The selected columns.
    pub selection: Selection,
    /// The table. An alias is resolved: no column keeps it as a prefix.
    pub table: Name,
    /// `USING SCOPE` and its scope.
    pub scope: Option<OrgOnly>,
    /// The condition on rows.
    pub filter: Option<Condition>,
    /// `WITH` and its argument: a mode, or data categories.
    pub with: Option<OrgOnly>,
    /// The columns after GROUP BY.
    pub group_by: Vec<GroupKey>,
    /// The condition on groups.
    pub having: Option<Condition>,
    /// The keys after ORDER BY.
    pub order_by: Vec<OrderBy>,
    /// The number after LIMIT.
    pub limit: Option<u64>,
    /// The number after OFFSET.
    pub offset: Option<u64>,
    /// `FOR VIEW` and its like, and `ALL ROWS`.
    pub tail: Vec<OrgOnly>,
}

/// A key of GROUP BY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupKey {
    /// A column.
    Column(Name),
    /// ROLLUP, CUBE, or a function of a date.
    OrgOnly(OrgOnly),
}

/// The part between SELECT and FROM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// `FIELDS(ALL)`, with its place.
    All(Spanned<()>),
    /// `COUNT()`, with its place, optionally with an alias.
    CountRows(Spanned<()>, Option<Name>),
    /// Columns and aggregates.
    Items(Vec<SelectItem>),
}

/// One of several selected items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectItem {
    /// A column, optionally with an alias.
    Column {
        /// The column.
        column: Name,
        /// Whether it is inside `toLabel`. Files contain no labels, so the result is the value as written.
        is_label: bool,
        /// The name of the result; only in a query with GROUP BY.
        alias: Option<Name>,
    },
    /// `COUNT(column)` or another aggregate, optionally with an alias.
    Aggregate {
        /// The aggregate.
        call: Call,
        /// The name of the result.
        alias: Option<Name>,
    },
    /// A sub-select, TYPEOF, or a function of an org.
    OrgOnly(OrgOnly),
}

/// An aggregate of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub function: Function,
    /// Its column; nulls are not counted.
    pub column: Name,
}

impl Call {
    /// Its text: `COUNT(Name)`.
    pub fn text(&self) -> String {
        format!("{}({})", self.function.as_str(), self.column.node)
    }
}

/// An aggregate function over the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Number of rows with a value.
    Count,
    /// Number of different values.
    CountDistinct,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The sum of numbers.
    Sum,
    /// Their mean.
    Avg,
}

impl Function {
    /// All of them.
    pub const ALL: [Function; 6] =
        [Function::Count, Function::CountDistinct, Function::Min, Function::Max, Function::Sum, Function::Avg];

    /// Its name, in capitals.
    pub fn as_str(self) -> &'static str {
        match self {
            Function::Count => "COUNT",
            Function::CountDistinct => "COUNT_DISTINCT",
            Function::Min => "MIN",
            Function::Max => "MAX",
            Function::Sum => "SUM",
            Function::Avg => "AVG",
        }
    }
}

/// A key of ORDER BY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBy {
    /// The value to compare.
    pub key: OrderKey,
    /// Whether DESC is written.
    pub descending: bool,
    /// The order of nulls, if written.
    pub nulls: Option<NullsOrder>,
}

/// The value of an ORDER BY key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKey {
    /// A column.
    Column(Name),
    /// An aggregate.
    Aggregate(Call),
    /// A function of an org.
    OrgOnly(OrgOnly),
}

/// Where nulls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullsOrder {
    /// Before everything else.
    First,
    /// After everything else.
    Last,
}

/// A condition that a row must satisfy.
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

impl Condition {
    /// Changes the names of its tested columns; sub-selects are left alone.
    pub(super) fn each_column(&mut self, change: &mut dyn FnMut(&mut Name)) {
        self.each_test(&mut |test| change(test.column_mut()));
    }

    fn each_test(&mut self, change: &mut dyn FnMut(&mut Test)) {
        match self {
            Condition::And(parts) | Condition::Or(parts) => parts.iter_mut().for_each(|part| part.each_test(change)),
            Condition::Not(inner) => inner.each_test(change),
            Condition::Test(test) => change(test),
        }
    }

    fn rename(&mut self, table: &str, names: &mut dyn Renaming) {
        self.each_test(&mut |test| {
            if let Test::In { set: Spanned { node: Set::Select(select), .. }, .. } = test {
                if let Some(table) = names.table(&select.table.node) {
                    select.table.node = table;
                }
                rename(&mut select.column, &select.table.node, names);
                if let Some(filter) = &mut select.filter {
                    filter.rename(&select.table.node, names);
                }
            }
            rename(test.column_mut(), table, names);
        });
    }
}

/// Renames tables and their columns; `None` keeps the name.
pub trait Renaming {
    /// The new name of a table.
    fn table(&self, name: &str) -> Option<String>;
    /// The new name of a column in `table`.
    fn column(&mut self, table: &str, name: &str) -> Option<String>;
}

impl Select {
    /// The same query with other names; result columns keep their names.
    pub fn rename(&mut self, names: &mut dyn Renaming) {
        if let Some(table) = names.table(&self.table.node) {
            self.table.node = table;
        }
        let table = self.table.node.clone();
        if let Selection::Items(items) = &mut self.selection {
            for item in items {
                let (column, alias, typed) = match item {
                    SelectItem::Column { column, alias, .. } => (&mut *column, alias, None),
                    SelectItem::Aggregate { call, alias } => {
                        let typed = call.text();
                        (&mut call.column, alias, Some(typed))
                    }
                    SelectItem::OrgOnly(_) => continue,
                };
                let typed = Spanned::new(typed.unwrap_or_else(|| column.node.clone()), column.span.clone());
                if rename(column, &table, names) && alias.is_none() {
                    *alias = Some(typed);
                }
            }
        }
        for key in &mut self.group_by {
            if let GroupKey::Column(column) = key {
                rename(column, &table, names);
            }
        }
        for order in &mut self.order_by {
            match &mut order.key {
                OrderKey::Column(column) | OrderKey::Aggregate(Call { column, .. }) => {
                    rename(column, &table, names);
                }
                OrderKey::OrgOnly(_) => {}
            }
        }
        for condition in self.filter.iter_mut().chain(&mut self.having) {
            condition.rename(&table, names);
        }
    }
}

/// Renames a column of `table`, alone or in a call; returns whether it did.
fn rename(name: &mut Name, table: &str, names: &mut dyn Renaming) -> bool {
    let call = name.node.strip_suffix(')').and_then(|call| call.split_once('('));
    let new = match call {
        Some((function, column)) => names.column(table, column).map(|column| format!("{function}({column})")),
        None => names.column(table, &name.node),
    };
    new.map(|new| name.node = new).is_some()
}

/// A test of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `column = operand` and the other comparisons.
    Compare {
        /// The column.
        column: Name,
        /// The operator.
        operator: Comparison,
        /// The other side.
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
        /// Whether NOT is written.
        negated: bool,
        /// The set and its place.
        set: Spanned<Set>,
    },
    /// `column INCLUDES (texts)` or `column EXCLUDES (texts)`.
    Includes {
        /// The column.
        column: Name,
        /// Whether EXCLUDES is written.
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
        let (Test::Compare { column, .. }
        | Test::Like { column, .. }
        | Test::In { column, .. }
        | Test::Includes { column, .. }) = self;
        column
    }

    fn column_mut(&mut self) -> &mut Name {
        let (Test::Compare { column, .. }
        | Test::Like { column, .. }
        | Test::In { column, .. }
        | Test::Includes { column, .. }) = self;
        column
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

    /// Whether it tests for null, or for any value except null, on purpose.
    pub(crate) fn is_null_test(&self) -> bool {
        matches!(self, Test::Compare { operand, .. } if operand.node == Operand::Null)
    }
}

/// A comparison operator.
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

/// The right side of IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Operands; a bind variable with a list stands for its members.
    List(Vec<Spanned<Operand>>),
    /// The values of a column of another table.
    Select(Box<SubSelect>),
}

/// A query inside a condition: one column, without another sub-select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubSelect {
    /// The column whose values are the set, without nulls.
    pub column: Name,
    /// The table.
    pub table: Name,
    /// The condition on its rows.
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
    /// A number with a fraction.
    Decimal(Decimal),
    /// A date.
    Date(jiff::civil::Date),
    /// A point in time, a relative date, or an amount of a currency, as written: only an org knows its value.
    OrgOnly(String),
    /// A text in single quotes.
    Text(Quoted),
    /// `:name`, a value declared by the rule page.
    Bind(String),
}

/// A number with at most six digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    millionths: i128,
}

impl Decimal {
    const ONE: i128 = 1_000_000;

    /// A whole number.
    pub fn whole(number: i64) -> Self {
        Self { millionths: i128::from(number) * Self::ONE }
    }

    /// `sum` divided by `count`, which is not 0; a half is rounded away from zero.
    pub fn mean(sum: i128, count: i128) -> Self {
        let scaled = sum * Self::ONE;
        let (whole, rest) = (scaled / count, scaled % count);
        let up = if rest.abs() * 2 >= count.abs() { rest.signum() * count.signum() } else { 0 };
        Self { millionths: whole + up }
    }

    /// Parses a number: digits, a point, one to six digits, optionally with a sign.
    pub fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.')?;
        let digits = whole.trim_start_matches('-');
        if fraction.is_empty() || fraction.len() > 6 || digits.len() > 19 {
            return None;
        }
        let whole: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let millionths = whole * Self::ONE + format!("{fraction:0<6}").parse::<i128>().ok()?;
        Some(Self { millionths: if text.starts_with('-') { -millionths } else { millionths } })
    }

    /// The nearest floating-point number, for JSON.
    #[expect(clippy::cast_precision_loss, reason = "JSON has no other numbers")]
    pub fn as_f64(self) -> f64 {
        self.millionths as f64 / Self::ONE as f64
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, fraction) = (self.millionths.abs() / Self::ONE, self.millionths.abs() % Self::ONE);
        let sign = if self.millionths < 0 { "-" } else { "" };
        let fraction = format!("{fraction:06}");
        match fraction.trim_end_matches('0') {
            "" => write!(out, "{sign}{whole}.0"),
            digits => write!(out, "{sign}{whole}.{digits}"),
        }
    }
}

/// The text between single quotes, escapes resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// The text.
    pub text: String,
    /// Byte offsets of the `%` and `_` in `text` that were escaped by a backslash: LIKE matches them literally.
    pub escaped: Vec<usize>,
}

impl Quoted {
    /// A text without escaped wildcards.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), escaped: Vec::new() }
    }
}
