/* Display forms of times, in UTC, in the years 1 to 9999.
 *
 *   unixtime 2026-11-23 19:05:00 UTC     seconds since 1970; unixtime_ms, _us, _ns: thousandths and so on
 *   filetime 2026-11-23 19:05:00.5 UTC   tenths of a microsecond since 1601, without a sign
 *   webkittime                           microseconds since 1601, without a sign
 *   mactime                              seconds since 1904 (HFS, QuickTime, MP4, TrueType)
 *   cocoatime                            seconds since 2001 (Apple's Core Foundation)
 *   oletime                              days since 1899-12-30, a float (OLE Automation)
 *   dostime 19:05:00                     16 bits: hour, minute, two seconds
 *   dosdate 2026-11-23                   16 bits: year since 1980, month, day
 *   dosdatetime 2026-11-23 19:05:00      32 bits: the date above the time; of no time zone */
#ifndef SINK_FORM_TIME_H
#define SINK_FORM_TIME_H

#include "base/buf.h"
#include "base/int128.h"
#include "code/program.h"

/* Append the number in that form and return true, or nothing and return false where there is no such time, or the form
 * is not one of times. Floats have at most microseconds shown. */
bool form_time(struct buf *out, enum type_form form, int128 value);
bool form_time_of_float(struct buf *out, enum type_form form, double value);

#endif
