/* What the files of the store share. Called by nobody else. */
#pragma once

#include "runner/serve/store.h"

/* The statements of a store, by their numbers; texts in runner/serve/store.c. */
enum store_statement {
	SQL_GET,
	SQL_GET_REPORT,
	SQL_GET_FILE,
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_FIND_RETRY,
	SQL_ADD_JOB,
	SQL_ADD_BODY,
	SQL_ADD_NEED,
	SQL_ADD_REPORT,
	SQL_START,
	SQL_PUT_BACK,
	SQL_NOTE_DEATHS,
	SQL_FIND_DEADLY,
	SQL_END,
	SQL_DROP_BODY,
	SQL_DROP_REPORT,
	SQL_DROP_NEEDS,
	SQL_DROP_JOB,
	SQL_UNFINISHED,
	SQL_OVER,
	SQL_RESULTS_BYTES,
	SQL_FIND_RESULT,
	SQL_ADD_FILE,
	SQL_HOLD_FILE,
	SQL_DROP_FILE,
	SQL_DROP_HOLD,
	SQL_DROP_UNHELD,
	SQL_FILES_SHARE,
	SQL_FILES_SHARES,
	SQL_NEXT_FILE,
	SQL_FILES_BYTES,
	SQL_FIND_VICTIM,
	SQL_ADD_RUN_NEED,
	SQL_DROP_RUN_NEEDS,
	SQL_STATEMENT_MAX,
};

/* A job's row: what SQL_GET and SQL_UNFINISHED have in their columns. */
enum store_column {
	COLUMN_SEQ,
	COLUMN_ID,
	COLUMN_KEY,
	COLUMN_KIND,
	COLUMN_STATE,
	COLUMN_PRIORITY,
	COLUMN_ATTEMPT,
	COLUMN_EXIT_STATUS,
	COLUMN_ACCEPTED,
	COLUMN_STARTED,
	COLUMN_ENDED,
	COLUMN_BODY_LEN,
	COLUMN_ERROR,
	COLUMN_DEATHS,
};

/* Rows of files that are not there go, and then files without a row. (runner/serve/store_files.c) */
int store_files_tidy(struct store *store, struct sbx_err *err);
/* Around a commit: what was renamed is on the disk before, what has no row goes after, as it does after a rollback. */
int store_files_sync(struct store *store, struct sbx_err *err);
void store_files_remove(struct store *store);
