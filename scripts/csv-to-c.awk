# Turns a data file of schemas/dictionaries into rows for a C table:
#
#   # version 2026-11-23: what this list is        (comment lines are skipped)
#   code,name                                      (the header names the columns)
#   370102,历下区                          ->      ROW("370102", "历下区")
#
# The C file defines ROW and includes the result. A line with another number of
# columns than the header ends the build with its place. A field may stand in
# double quotes and hold commas then. Runs with mawk and gawk.

function fail(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
    failed = 1
    exit 1
}

# Splits `line` into field[1..]; returns the count.
function split_line(line, field,    count, at, size, letter, text, quoted) {
    count = 0; text = ""; quoted = 0; size = length(line)
    for (at = 1; at <= size; at++) {
        letter = substr(line, at, 1)
        if (letter == "\"") {
            if (quoted && substr(line, at + 1, 1) == "\"") { text = text letter; at++ }
            else quoted = !quoted
        } else if (letter == "," && !quoted) {
            field[++count] = text; text = ""
        } else {
            text = text letter
        }
    }
    if (quoted) fail("a quote is not closed")
    field[++count] = text
    return count
}

function literal(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}

FNR == 1 && !/^#/ { fail("the first line must be a comment that starts with '# version'") }
{ sub(/\r$/, "") }
/^#/ || /^[ \t]*$/ { next }
!columns { columns = split_line($0, header); print "/* " FILENAME ": " $0 " */"; next }
{
    count = split_line($0, field)
    if (count != columns) fail("expected " columns " columns, found " count)
    row = ""
    for (column = 1; column <= columns; column++)
        row = row (column > 1 ? ", " : "") literal(field[column])
    print "ROW(" row ")"
}
END { if (!failed && !columns) { printf "%s: no header line\n", FILENAME > "/dev/stderr"; exit 1 } }
