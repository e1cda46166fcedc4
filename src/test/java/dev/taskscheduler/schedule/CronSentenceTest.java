package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The sentence of a cron expression says each of its fields in plain words.
class CronSentenceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 9 * * 1-5 | at 09:00, Monday to Friday
          * * * * * | every minute
          */15 * * * * | every 15 minutes
          0,15,30,45 * * * * | every 15 minutes
          */7 * * * * | every 7 minutes from minute 0 to 56 of every hour
          5/15 * * * * | every 15 minutes from minute 5 to 50 of every hour
          0 * * * * | every hour
          20 * * * * | at minute 20 of every hour
          0,30 * * * * | at minutes 0 and 30 of every hour
          0-29 * * * * | every minute from minute 0 to 29 of every hour
          0-10,20,30-32 * * * * | at minutes 0 to 10, 20 and 30 to 32 of every hour
          0 9 * * * | at 09:00, every day
          0 9,17 * * * | at 09:00 and 17:00, every day
          0,30 2 * * * | at 02:00 and 02:30, every day
          0 9-17 * * * | every hour from 09:00 to 17:00, every day
          30 8-18/2 * * * | every 2 hours from 08:30 to 18:30, every day
          0 */2 * * * | every 2 hours
          15 1/2 * * * | every 2 hours from 01:15
          0 */5 * * * | every 5 hours from 00:00 to 20:00, every day
          0 22-2 * * * | every hour from 22:00 to 02:00, every day
          0 9-11,14-16 * * * | every hour from 09:00 to 11:00 and from 14:00 to 16:00, every day
          */15 9-17 * * 1-5 | every 15 minutes from 09:00 to 17:59, Monday to Friday
          */15 */2 * * * | every 15 minutes, in every 2nd hour from 00:00 to 22:59
          * 1,3,6,7,9,12 * * * | every minute, in the hours 01, 03, 06, 07, 09 and 12, every day
          1,2,3,9,20 9 * * * | at minutes 1 to 3, 9 and 20 of the hour from 09:00 to 09:59, every day
          * * * * * * | every second
          */10 * * * * * | every 10 seconds
          30 * * * * * | at second 30 of every minute
          30 0 9 * * * | at 09:00:30, every day
          30 5 * * * * | at minute 5, second 30 of every hour
          30 0 */2 * * * | every 2 hours from 00:00:30
          * 5 * * * * | every second, in minute 5 of every hour
          * 5 9 * * * | every second, in minute 5 of the hour from 09:00 to 09:59, every day
          */20 */5 9-17 * * * | every 20 seconds, in every 5th minute from minute 0 to 55 of the hour from 09:00 to 17:59, every day
          1-10 1,2 * * * * | every second from second 1 to 10 of the minute, in the minutes 1 and 2 of every hour
          30 */5 * * * * | at second 30 of the minute, in every 5th minute from minute 0 to 55 of every hour
          5,10 * * 1 * * | at seconds 5 and 10 of every minute, on the 1st of the month
          @yearly | at 00:00, on the 1st of January
          @monthly | at 00:00, on the 1st of the month
          @weekly | at 00:00, on Sunday
          @daily | at 00:00, every day
          @hourly | every hour
          0 0 1,15,L * * | at 00:00, on the 1st, the 15th and the last day of the month
          0 0 L-3 * * | at 00:00, on the 3rd day before the last day of the month
          0 0 L-1 * * | at 00:00, on the day before the last day of the month
          0 0 15W * * | at 00:00, on the weekday nearest to the 15th of the month
          0 0 LW * * | at 00:00, on the last weekday of the month
          0 0 1-7 * * | at 00:00, on the 1st to the 7th of the month
          0 0 */2 * * | at 00:00, on every 2nd day from the 1st to the 31st of the month
          0 0 13 * 5 | at 00:00, on the 13th of the month or on Friday
          0 0 13 3 FRI | at 00:00, on the 13th of the month or on Friday, in March
          0 0 1 * MON#1 | at 00:00, on the 1st of the month or on the 1st Monday of the month
          0 0 * * FRIL | at 00:00, on the last Friday of the month
          0 0 * * MON#2,FRIL,3 | at 00:00, on Wednesday, the 2nd Monday of the month and the last Friday of the month
          0 0 * 3 MON#2 | at 00:00, on the 2nd Monday of the month, in March
          0 0 * * 1,3,5 | at 00:00, on Monday, Wednesday and Friday
          0 0 * * FRI-MON | at 00:00, Friday to Monday
          0 0 * * 0-6 | at 00:00, on any day of the week
          0 0 1-31 * * | at 00:00, on any day of the month
          0 0 * */3 * | at 00:00, every day in every 3rd month from January
          0 0 1 2/3 * | at 00:00, on the 1st of every 3rd month from February
          0 0 1 1,7 * | at 00:00, on the 1st of January and July
          0 0 1 NOV-FEB * | at 00:00, on the 1st of November to February
          * * * 6 * | every minute, every day in June
          0 0 ? * 0 | at 00:00, on Sunday
          """)
  void a_sentence_says_each_field(String text, String sentence) {
    assertEquals(sentence, CronExpression.parse(text, "").sentence());
  }
}
