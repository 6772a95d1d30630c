libsondecore_a_SOURCES += \
	%D%/csv.c \
	%D%/csv.h \
	%D%/csv_columns.c \
	%D%/csv_columns.h \
	%D%/form.c \
	%D%/form.h \
	%D%/form_time.c \
	%D%/form_time.h \
	%D%/json.c \
	%D%/json.h \
	%D%/json_notes.c \
	%D%/json_notes.h \
	%D%/scalar.c \
	%D%/scalar.h \
	%D%/scalar_plan.c \
	%D%/scalar_plan.h \
	%D%/tree.c \
	%D%/tree.h \
	%D%/tree_cover.c \
	%D%/tree_cover.h \
	%D%/tree_grid.c \
	%D%/tree_grid.h \
	%D%/tree_line.c \
	%D%/tree_line.h \
	%D%/tree_value.c \
	%D%/tree_value.h
