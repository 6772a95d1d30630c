if CAN_CHECK
check_PROGRAMS += %D%/crash
TESTS += %D%/crash
endif
