/* Verdicts of tests. */
#include "policy/judgement.h"

static const char *const names[JUDGEMENT_MAX] = {
        [JUDGEMENT_AC] = "AC",   [JUDGEMENT_OK] = "OK",     [JUDGEMENT_PE] = "PE", [JUDGEMENT_WA] = "WA",
        [JUDGEMENT_TLE] = "TLE", [JUDGEMENT_MLE] = "MLE",   [JUDGEMENT_RE] = "RE", [JUDGEMENT_OLE] = "OLE",
        [JUDGEMENT_SV] = "SV",   [JUDGEMENT_SKIP] = "SKIP", [JUDGEMENT_CE] = "CE", [JUDGEMENT_IE] = "IE",
};

const char *judgement_name(enum judgement judgement)
{
	return judgement >= 0 && judgement < JUDGEMENT_MAX ? names[judgement] : "IE";
}

bool judgement_is_good(enum judgement judgement)
{
	return judgement == JUDGEMENT_AC || judgement == JUDGEMENT_OK;
}

static const enum judgement of_compared[COMPARE_MAX] = {
        [COMPARE_SAME] = JUDGEMENT_AC, [COMPARE_PRESENTATION] = JUDGEMENT_PE, [COMPARE_DIFFERENT] = JUDGEMENT_WA};

static const enum judgement of_verdict[VERDICT_MAX] = {
        [VERDICT_OK] = JUDGEMENT_OK, [VERDICT_TLE] = JUDGEMENT_TLE, [VERDICT_MLE] = JUDGEMENT_MLE,
        [VERDICT_RE] = JUDGEMENT_RE, [VERDICT_OLE] = JUDGEMENT_OLE, [VERDICT_SV] = JUDGEMENT_SV,
        [VERDICT_IE] = JUDGEMENT_IE,
};

enum judgement judgement_of(enum verdict verdict, bool has_answer, enum compare_result compared)
{
	if (verdict < 0 || verdict >= VERDICT_MAX)
		return JUDGEMENT_IE;
	if (verdict != VERDICT_OK || !has_answer)
		return of_verdict[verdict];
	return compared >= 0 && compared < COMPARE_MAX ? of_compared[compared] : JUDGEMENT_IE;
}

enum judgement judgement_of_checker(enum checker_kind kind, int exit_status, bool presentation)
{
	enum { KATTIS_RIGHT = 42, KATTIS_WRONG = 43, TESTLIB_RIGHT = 0, TESTLIB_WRONG = 1, TESTLIB_PRESENTATION = 2 };

	if (exit_status == (kind == CHECKER_KATTIS ? KATTIS_RIGHT : TESTLIB_RIGHT))
		return JUDGEMENT_AC;
	if (exit_status == (kind == CHECKER_KATTIS ? KATTIS_WRONG : TESTLIB_WRONG))
		return JUDGEMENT_WA;
	if (kind == CHECKER_TESTLIB && exit_status == TESTLIB_PRESENTATION)
		return presentation ? JUDGEMENT_PE : JUDGEMENT_WA;
	return JUDGEMENT_IE;
}
