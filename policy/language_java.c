/*
 * Finds the names in a Java source by its tokens: no grammar, only what stands at the top level and directly in a type.
 * A source that does not compile may give any answer; the compiler will say what is wrong with it.
 */
#include "policy/language_java.h"

#include <string.h>

struct scanner {
	const char *at, *end;
};

/* A word, one character that is none, or (len 0) the end. Literals come as their first character. */
struct token {
	const char *text;
	size_t len;
};

struct parser {
	struct java_source *found;
	struct token before; /* the token before the one looked at */
	unsigned braces, parens;
	bool is_public, is_static; /* of the declaration that has begun */
	bool in_package;
	struct token type; /* the top-level type that was named last */
	bool may_be_main;  /* `static void main` was read */
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

static bool starts_with(const struct scanner *scanner, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(scanner->end - scanner->at) >= len && memcmp(scanner->at, text, len) == 0;
}

/* To behind `text`, or to the end. A backslash hides the character behind it where `has_escapes`. */
static void skip_past(struct scanner *scanner, const char *text, bool has_escapes)
{
	while (scanner->at < scanner->end && !starts_with(scanner, text))
		scanner->at += has_escapes && *scanner->at == '\\' && scanner->end - scanner->at > 1 ? 2 : 1;
	if (scanner->at < scanner->end)
		scanner->at += strlen(text);
}

static void skip_space(struct scanner *scanner)
{
	while (scanner->at < scanner->end) {
		if (starts_with(scanner, "//")) {
			skip_past(scanner, "\n", false);
		} else if (starts_with(scanner, "/*")) {
			scanner->at += 2;
			skip_past(scanner, "*/", false);
		} else if (strchr(" \t\r\n\f", *scanner->at) != NULL) { /* a NUL too */
			scanner->at++;
		} else {
			break;
		}
	}
}

static struct token next_token(struct scanner *scanner)
{
	struct token token;

	skip_space(scanner);
	token = (struct token){.text = scanner->at, .len = scanner->at < scanner->end ? 1 : 0};
	if (token.len == 0)
		return token;
	if (is_word_char(*scanner->at)) {
		while (scanner->at < scanner->end && is_word_char(*scanner->at))
			scanner->at++;
		token.len = (size_t)(scanner->at - token.text);
	} else if (starts_with(scanner, "\"\"\"")) {
		scanner->at += 3;
		skip_past(scanner, "\"\"\"", true);
	} else if (*scanner->at == '"' || *scanner->at == '\'') {
		const char quote[2] = {*scanner->at++, '\0'};

		skip_past(scanner, quote, true);
	} else {
		scanner->at++;
	}
	return token;
}

static bool is(struct token token, const char *text)
{
	return token.len == strlen(text) && memcmp(token.text, text, token.len) == 0;
}

/* Appends; a name that is too long is none. */
static void add_name(char *name, struct token token)
{
	size_t len = strlen(name);

	if (len + token.len >= LANGUAGE_CLASS_BYTES)
		name[0] = '\0';
	else
		memcpy(name + len, token.text, token.len); /* zeroed before */
}

static bool names_a_type(struct token keyword)
{
	return is(keyword, "class") || is(keyword, "interface") || is(keyword, "enum") || is(keyword, "record");
}

static void take_word(struct parser *parser, struct token word)
{
	struct java_source *found = parser->found;

	if (parser->parens > 0) /* of an annotation, or a header's */
		return;
	if (parser->in_package) {
		add_name(found->package, word);
	} else if (parser->braces == 0) {
		parser->in_package = is(word, "package");
		parser->is_public |= is(word, "public");
		if (names_a_type(parser->before)) {
			parser->type = word;
			if (parser->is_public && found->public_type[0] == '\0')
				add_name(found->public_type, word);
		}
	} else if (parser->braces == 1) {
		parser->is_static |= is(word, "static");
		parser->may_be_main = parser->is_static && is(parser->before, "void") && is(word, "main");
	}
}

static void end_declaration(struct parser *parser)
{
	if (parser->braces == 0)
		parser->is_public = parser->in_package = false;
	parser->is_static = false;
}

/* Braces between parentheses (annotations, lambdas) come in pairs, and hold nothing of interest. */
static void take_sign(struct parser *parser, struct token sign)
{
	struct java_source *found = parser->found;
	char c = *sign.text;

	if (c == '(') {
		if (parser->may_be_main && parser->parens == 0 && found->main_type[0] == '\0')
			add_name(found->main_type, parser->type);
		parser->parens++;
	} else if (c == ')') {
		parser->parens -= parser->parens > 0;
	} else if (c == '.' && parser->in_package) {
		add_name(found->package, sign);
	} else if (parser->parens == 0 && c == '{') {
		parser->braces++;
		parser->is_static = false;
	} else if (parser->parens == 0 && c == '}') {
		parser->braces -= parser->braces > 0;
		end_declaration(parser);
	} else if (parser->parens == 0 && c == ';') {
		end_declaration(parser);
	}
	parser->may_be_main = false;
}

void java_source_read(const char *text, size_t len, struct java_source *ret)
{
	struct scanner scanner = {.at = text, .end = text + len};
	struct parser parser = {.found = ret, .before = {.text = ""}, .type = {.text = ""}};

	*ret = (struct java_source){0};
	for (;;) {
		struct token token = next_token(&scanner);

		if (token.len == 0)
			break;
		if (is_word_char(*token.text))
			take_word(&parser, token);
		else
			take_sign(&parser, token);
		parser.before = token;
	}
}
