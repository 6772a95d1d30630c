if CAN_CHECK
check_PROGRAMS += %D%/crash
endif
